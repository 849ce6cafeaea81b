package io.pgbosun.backup;

import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Json;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether what is stored is still what was stored. */
@Singleton
final class StoredBackup {
    private static final String MANIFEST = "manifest.json";

    private final Json json;

    StoredBackup(Json json) {
        this.json = json;
    }

    /** Reads every file again; a problem {@code damaged} names each one that is missing or altered. */
    void verify(BackupFiles files, Manifest manifest) {
        var damage = Stream.concat(
                        ownDamage(files, manifest).stream(), files.verify(manifest.backup(), manifest.files()).stream())
                .toList();
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

    /** Every file that is missing or altered, the manifest first. */
    List<Damage> damage(BackupFiles files, Manifest manifest) {
        return Stream.concat(
                        ownDamage(files, manifest).stream(), files.verify(manifest.backup(), manifest.files()).stream())
                .toList();
    }

    /** Has a program read a dump, which is on this host meanwhile. */
    <T> T reading(BackupFiles files, Manifest manifest, String path, Function<Path, T> program) {
        try {
            var directory = files.fetch(manifest.backup(), manifest.filesOf(path));
            return program.apply(directory.resolve(path));
        } finally {
            files.release(manifest.backup());
        }
    }

    /** The stored manifest has no checksum of its own; but the catalogue knows what it said. */
    Optional<Damage> ownDamage(BackupFiles files, Manifest manifest) {
        var stored = files.manifest(manifest.backup());
        if (stored.isEmpty()) {
            return Optional.of(new Damage(MANIFEST, "missing"));
        }
        return says(stored.get(), manifest)
                ? Optional.empty()
                : Optional.of(new Damage(MANIFEST, "not what was stored"));
    }

    private boolean says(String stored, Manifest manifest) {
        try {
            return json.load(stored, Manifest.class).equals(manifest);
        } catch (IllegalStateException unreadable) {
            return false;
        }
    }
}
