package io.pgbosun.backup;

import io.pgbosun.backup.DeleteBackup.DeleteBackupResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;

@Singleton
class DeleteBackupHandler implements OperationHandler<DeleteBackup, DeleteBackupResult> {
    private final BackupStore backups;
    private final BackupRemoval removal;

    DeleteBackupHandler(BackupStore backups, BackupRemoval removal) {
        this.backups = backups;
        this.removal = removal;
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
        var hold = backup.hold();
        checks.need(
                "not held",
                hold == null,
                hold == null ? "no" : "held by " + hold.principal() + ": " + hold.reason(),
                "no hold",
                "Ask who holds it; DELETE /v1/backups/" + backup.id() + "/hold lets it go.");
        var needing = backups.neededBy(backup.id());
        checks.need(
                "not needed by another backup",
                needing.isEmpty(),
                needing.map(UUID::toString).orElse("no"),
                "no backup that needs it",
                "Remove that one first.");
        var unknown = removal.unknownNeeding(backup.id());
        checks.need(
                "not needed by a backup that is not in the catalogue",
                unknown.isEmpty(),
                unknown.isEmpty() ? "no" : String.join(", ", unknown),
                "no backup of pgBackRest that needs it",
                "Have it found: POST /v1/repositories/" + backup.repository()
                        + "/reconciliations; then remove that one first.");
        checks.need(
                "not the only full one of its stanza",
                !removal.isOnlyFull(backup.id()),
                backup.label(),
                "another FULL one",
                "pgBackRest keeps its only full backup: take another FULL one first.");
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
        var operation = steps.operation();
        steps.ensure(
                "mark it",
                () -> backups.isMarked(operation, id),
                () -> mark(operation, id),
                () -> backups.unmark(operation, id));
        steps.pointOfNoReturn();
        removal.remove(steps, id, place.repository(), "its files", "it", () -> backups.delete(id));
        return place.result();
    }

    private void mark(UUID operation, UUID id) {
        if (!backups.unmarked(operation, List.of(id)).isEmpty()) {
            throw Problem.notPossible(
                    "It was held just now, or is restored, proven or removed by another operation; look at it again.");
        }
    }
}
