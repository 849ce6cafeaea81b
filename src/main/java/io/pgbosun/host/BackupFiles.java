package io.pgbosun.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The backups stored in one repository. What is written into the stage of a backup is kept file by file; it becomes a backup
 * at once when it is published, for its manifest comes last.
 */
public interface BackupFiles {
    /**
     * One stored file.
     *
     * @param path below the backup, with {@code /}
     * @param sizeBytes of what is stored, which may be encrypted
     * @param sha256 of what is stored, in lower-case hexadecimal
     * @param keyId the key of the ring that it is encrypted with; null when it is not
     */
    record StoredFile(String path, long sizeBytes, String sha256, Long keyId) {
        /** One that is not encrypted. */
        public StoredFile(String path, long sizeBytes, String sha256) {
            this(path, sizeBytes, sha256, null);
        }
    }

    /**
     * What is wrong with a stored file.
     *
     * @param found {@code missing}, {@code size 12 instead of 34} or {@code checksum differs}
     */
    record Damage(String path, String found) {}

    /** Bytes that somebody writes, from the first to the last; whoever takes them stores all of them or none. */
    @FunctionalInterface
    interface Content {
        /** Ends with an {@code IOException} or a problem when not all of them could be written. */
        void to(OutputStream out) throws IOException;
    }

    /** Writes, reads, lists and deletes a probe file; a problem says exactly what failed. */
    void probe();

    /** Free space in bytes; empty where space has no end. */
    OptionalLong freeBytes();

    /** The directory of this host that files of a backup are written into, created when absent. */
    Path stage(UUID backup);

    /** Whether there is anything of a backup that is not published. */
    boolean staged(UUID backup);

    /** Removes what is not published of a backup. */
    void discard(UUID backup);

    /** Removes what a run that died has stored, or begun to store, at a path of it: a file, or a directory with all in it. */
    void discard(UUID backup, String path);

    /**
     * Stores what was written into the stage: a file, or a directory with all in it. From then on it does not depend on
     * this host, unless the repository itself does. Nothing else is there at this path then, whatever a run that died has
     * stored.
     *
     * @param path of it, below the stage
     * @return its files, ordered by path
     */
    List<StoredFile> keep(UUID backup, String path);

    /**
     * Stores what is written straight into the repository, with little memory however much it is; what a run that died has
     * stored under this path is replaced.
     *
     * @param path of it, below the backup
     */
    StoredFile receive(UUID backup, String path, Content content);

    /**
     * Reads a file of a published backup. At its end it is a problem {@code damaged} when that is not what was stored, so
     * whoever reads must read to the end before the content is believed. The caller closes it.
     */
    InputStream open(UUID backup, StoredFile file);

    /** Writes {@code manifest.json} beside what was kept, and makes it a backup, durably and at once. */
    void publish(UUID backup, String manifestJson);

    /** The manifest of a published backup. */
    Optional<String> manifest(UUID backup);

    /**
     * Has files of a published backup on this host, to be read by a program: in the repository itself, or as copies that are
     * there until {@link #release}. A problem {@code damaged} when what was copied is not what was stored.
     *
     * @return the directory that their paths are below
     */
    Path fetch(UUID backup, List<StoredFile> files);

    /** Removes the copies that this run has fetched of a backup. */
    void release(UUID backup);

    /** Compares stored files with what the manifest lists; empty when all are whole. */
    List<Damage> verify(UUID backup, List<StoredFile> files);

    /** Removes a published backup; nothing happens when it is absent. */
    void remove(UUID backup);

    /** Backups that are published, and those that something else is left of, by id. */
    List<UUID> list();

    /** Where a backup is, or what there is of it, for people to find it. */
    String place(UUID backup);
}
