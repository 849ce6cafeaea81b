package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * Copies of a backup's files on this host, for programs that read files; apart for each run, for two may restore the same
 * backup.
 */
final class FetchedFiles {
    private final Path spool;

    FetchedFiles(Path spool) {
        this.spool = spool;
    }

    /** Copies them; a problem {@code damaged} when one is not what was stored. */
    Path fetch(BackupFiles from, UUID backup, List<StoredFile> files) {
        release(backup);
        for (var file : files) {
            copy(from, backup, file);
        }
        return directory(backup);
    }

    private void copy(BackupFiles from, UUID backup, StoredFile file) {
        var directory = directory(backup);
        var to = directory.resolve(file.path()).normalize();
        if (!to.startsWith(directory)) {
            throw Problem.notPossible("'" + file.path() + "' is not below the backup's directory.");
        }
        FileTree.make(to.getParent());
        try (var content = from.open(backup, file)) {
            Files.createFile(to, FileTree.ONLY_OURS);
            try (var copy = Files.newOutputStream(to)) {
                content.transferTo(copy);
            }
        } catch (IOException e) {
            throw IoProblem.damageOr(file.path(), to, e);
        }
    }

    void release(UUID backup) {
        FileTree.remove(directory(backup));
    }

    private Path directory(UUID backup) {
        var run = Work.current().map(work -> work.operation().toString()).orElse("none");
        return spool.resolve("fetch-" + run + "-" + backup);
    }
}
