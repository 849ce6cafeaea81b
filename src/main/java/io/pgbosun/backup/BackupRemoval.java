package io.pgbosun.backup;

import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.util.UUID;

/** How a backup is removed, alone or with others: its files first, so that nothing is left that nobody knows of. */
@Singleton
class BackupRemoval {
    private final BackupStore backups;
    private final Repositories repositories;

    BackupRemoval(BackupStore backups, Repositories repositories) {
        this.backups = backups;
        this.repositories = repositories;
    }

    /**
     * Removes one, past the point of no return.
     *
     * @param files what its files are called in the name of a step
     * @param it what it is called there
     * @param forget takes it from the catalogue
     */
    void remove(Steps steps, UUID id, String repository, String files, String it, Runnable forget) {
        steps.ensure(
                "remove " + files,
                () -> isGone(repository, id),
                () -> repositories.files(repository).remove(id));
        steps.ensure(
                "remove " + it + " from the catalogue", () -> backups.find(id).isEmpty(), forget);
    }

    private boolean isGone(String repository, UUID id) {
        var files = repositories.files(repository);
        return files.manifest(id).isEmpty() && !files.staged(id);
    }
}
