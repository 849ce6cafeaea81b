package io.pgbosun.backup;

import io.pgbosun.backup.DeleteBackup.DeleteBackupResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.UUID;

@Singleton
class DeleteBackupHandler implements OperationHandler<DeleteBackup, DeleteBackupResult> {
    private final BackupStore backups;
    private final Repositories repositories;

    DeleteBackupHandler(BackupStore backups, Repositories repositories) {
        this.backups = backups;
        this.repositories = repositories;
    }

    /** Where it is; read once, for it is soon gone. */
    record Place(String repository, DeleteBackupResult result) {}

    @Override
    public void check(Target target, DeleteBackup spec, Checks checks) {
        var backup = backups.get(UUID.fromString(target.id())).backup();
        checks.need(
                "not the newest proven backup",
                backups.newestAsserted(backup.cluster())
                        .filter(backup.id()::equals)
                        .isEmpty(),
                backup.confidence(),
                "a newer backup that is ASSERTED",
                "Take a newer backup and prove it with a drill first.");
    }

    @Override
    public DeleteBackupResult run(Target target, DeleteBackup spec, Steps steps) {
        var id = UUID.fromString(target.id());
        var place = steps.get("read where it is", Place.class, () -> {
            var stored = backups.get(id);
            return new Place(
                    stored.backup().repository(),
                    new DeleteBackupResult(
                            id, stored.backup().cluster(), stored.backup().sizeBytes()));
        });
        var files = repositories.files(place.repository());
        steps.pointOfNoReturn();
        steps.ensure(
                "remove its files", () -> files.manifest(id).isEmpty() && !files.staged(id), () -> files.remove(id));
        steps.ensure("remove it from the catalogue", () -> backups.find(id).isEmpty(), () -> backups.delete(id));
        return place.result();
    }
}
