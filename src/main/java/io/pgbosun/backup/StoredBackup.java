package io.pgbosun.backup;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether what is stored is still what was stored. */
final class StoredBackup {
    private StoredBackup() {}

    /** Reads every file again; a problem {@code damaged} names each one that is missing or altered. */
    static void verify(BackupFiles files, Path repository, Manifest manifest) {
        if (files.manifest(repository, manifest.backup()).isEmpty()) {
            throw Problem.of(
                    ProblemType.DAMAGED,
                    "Backup %s is gone from its repository: manifest.json is missing.".formatted(manifest.backup()),
                    Map.of("damage", java.util.List.of(new BackupFiles.Damage("manifest.json", "missing"))));
        }
        var damage = files.verify(repository, manifest.backup(), manifest.files());
        if (!damage.isEmpty()) {
            var named = damage.stream()
                    .map(file -> file.path() + ": " + file.found())
                    .collect(Collectors.joining("; "));
            throw Problem.of(
                    ProblemType.DAMAGED,
                    "Backup %s is damaged and was not restored: %s. Use another backup."
                            .formatted(manifest.backup(), named),
                    Map.of("damage", damage));
        }
    }
}
