package io.pgbosun.backup;

import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgBackRest.BackupSet;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What a stored backup says of itself, in {@code manifest.json} beside its files.
 *
 * @param globals whether {@code globals.sql} holds roles and tablespaces
 * @param physical what a PHYSICAL one is recovered by; null for others
 * @param serverVersionNumber {@code server_version_num}; 0 when nothing but the set tells of the version
 * @param lsn the WAL position at its start, on the source
 * @param files every other file with its checksum
 * @param set what pgBackRest says of it, which keeps its files by itself; null for others
 */
record Manifest(
        UUID backup,
        String cluster,
        Backup.Type type,
        DumpRequest.Format format,
        boolean schemaOnly,
        boolean globals,
        List<DumpedDatabase> databases,
        String source,
        int serverVersionNumber,
        Lsn lsn,
        Instant startTime,
        Instant endTime,
        Physical physical,
        List<StoredFile> files,
        BackupSet set) {
    static final String GLOBALS = "globals.sql";

    private static final int MAJOR = 10_000;

    /** A whole server as a compressed tar. */
    static final String BASE = "base.tar.zst";

    /**
     * The WAL that a physical backup needs, which is in it.
     *
     * @param stopLsn from which on the data are consistent
     * @param endTime when that position was written, by the server's clock
     */
    record Physical(int timeline, Lsn startLsn, Lsn stopLsn, Instant endTime) {}

    /** The only file of a physical backup. */
    StoredFile base() {
        return filesOf(BASE).getFirst();
    }

    /**
     * One database in it.
     *
     * @param path its dump, below the backup's directory
     */
    record DumpedDatabase(String name, String owner, String path) {}

    /** The files of a dump, which is a file or a directory. */
    List<StoredFile> filesOf(String path) {
        return files.stream()
                .filter(file -> file.path().equals(path) || file.path().startsWith(path + "/"))
                .toList();
    }

    Backup.Engine engine() {
        if (set != null) {
            return Backup.Engine.PGBACKREST;
        }
        return physical == null ? Backup.Engine.PG_DUMP : Backup.Engine.PG_BASEBACKUP;
    }

    int majorVersion() {
        return serverVersionNumber == 0 ? set.majorVersion() : serverVersionNumber / MAJOR;
    }

    /** As people write it: without a minor one when that is not known. */
    String serverVersion() {
        var major = String.valueOf(majorVersion());
        return serverVersionNumber == 0 ? major : major + "." + serverVersionNumber % MAJOR;
    }

    /** The key that its files are encrypted with, or null. */
    Long keyId() {
        return files.stream()
                .map(StoredFile::keyId)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    long sizeBytes() {
        return set == null ? files.stream().mapToLong(StoredFile::sizeBytes).sum() : set.sizeBytes();
    }
}
