package io.pgbosun.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where backups are stored in a file system: written to a temporary name, made durable and published by one rename.
 */
public interface BackupFiles {
    /**
     * One stored file.
     *
     * @param path below the backup's directory, with {@code /}
     * @param sha256 in lower-case hexadecimal
     */
    record StoredFile(String path, long sizeBytes, String sha256) {}

    /**
     * What is wrong with a stored file.
     *
     * @param found {@code missing}, {@code size 12 instead of 34} or {@code checksum differs}
     */
    record Damage(String path, String found) {}

    /** Writes, reads, lists and deletes a probe file; a problem says exactly what failed. */
    void probe(Path repository);

    /** Free space in bytes. */
    long freeBytes(Path repository);

    /** The temporary directory of a backup, created when absent. */
    Path stage(Path repository, UUID backup);

    boolean staged(Path repository, UUID backup);

    /** Removes the temporary directory. */
    void discard(Path repository, UUID backup);

    /** Every file below a directory with its size and checksum, ordered by path; the manifest itself is left out. */
    List<StoredFile> measure(Path directory);

    /** Writes {@code manifest.json} into the temporary directory, syncs every file and renames it to its final name. */
    void publish(Path repository, UUID backup, String manifestJson);

    /** The manifest of a published backup. */
    Optional<String> manifest(Path repository, UUID backup);

    /** The directory of a published backup. */
    Path published(Path repository, UUID backup);

    /** Compares stored files with what the manifest lists; empty when all are whole. */
    List<Damage> verify(Path repository, UUID backup, List<StoredFile> files);

    /** Removes a published backup; nothing happens when it is absent. */
    void remove(Path repository, UUID backup);

    /** Backups that are published and temporary directories that are left over, by id. */
    List<UUID> list(Path repository);
}
