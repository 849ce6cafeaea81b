package io.pgbosun.host;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The programs of PostgreSQL on the service's own host: also those that read and write backups, and the clients. */
public interface PgPrograms extends HostPrograms {
    /**
     * {@code pg_basebackup} of a whole server as one tar, with the WAL that it needs and a manifest, compressed with zstd
     * as it comes. A server with tablespaces of its own cannot be written so.
     *
     * @param to takes the bytes; it is not closed
     * @param look is run about once a second while bytes come
     */
    BaseBackup streamBaseBackup(Endpoint source, OutputStream to, Runnable look);

    /** What {@code pg_basebackup} said of the WAL that a base backup needs: from start to stop, on a timeline. */
    record BaseBackup(int timeline, Lsn startLsn, Lsn stopLsn) {}

    /**
     * {@code pg_waldump}: the last commit in a range of segments of one timeline; empty when none is in it.
     *
     * @param directory that the segments are in
     */
    Optional<WalCommit> lastCommit(Path directory, String firstSegment, String lastSegment);

    /** {@code pg_dump} to a file or directory; returns what it warned of. */
    List<String> dump(DumpRequest request, Path target);

    /** {@code pg_dumpall --globals-only}: roles (with password hashes) and tablespaces, to a file of mode 0600. */
    void dumpGlobals(Endpoint source, Path target);

    /** {@code pg_restore}, stopping at the first error; returns what it warned of. */
    List<String> restore(Path dump, RestoreRequest request);

    /** Loads a globals file with psql; roles that exist already are left as they are. */
    void restoreGlobals(Path globals, Endpoint target);

    /** {@code pgbench -i}: its tables anew, 100,000 accounts a unit of scale. */
    void sampleData(Endpoint target, String database, int scale);
}
