package io.pgbosun.backup;

import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a stored backup says of itself, in {@code manifest.json} beside its files.
 *
 * @param globals whether {@code globals.sql} holds roles and tablespaces
 * @param lsn the WAL position at its start, on the source
 * @param files every other file with its checksum
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
        List<StoredFile> files) {
    static final String GLOBALS = "globals.sql";

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

    long sizeBytes() {
        return files.stream().mapToLong(StoredFile::sizeBytes).sum();
    }
}
