package io.pgbosun.host;

import java.time.Instant;

/**
 * What a primary says of its WAL and of archiving it ({@code pg_stat_archiver}).
 *
 * @param archivedCount files that {@code archive_command} has stored
 * @param failedCount how often it has failed
 * @param readyCount segments that wait to be archived
 * @param writeLsn how far the WAL is written
 * @param segmentBytes {@code wal_segment_size}
 * @param newestTransaction the newest one that has ended; the lower 32 bits of its id
 */
public record ArchiverFacts(
        long archivedCount,
        String lastArchivedWal,
        Instant lastArchivedTime,
        long failedCount,
        String lastFailedWal,
        Instant lastFailedTime,
        long readyCount,
        int timeline,
        Lsn writeLsn,
        long segmentBytes,
        long newestTransaction) {

    /** Whether the newest try has failed. */
    public boolean failing() {
        return lastFailedTime != null && (lastArchivedTime == null || lastFailedTime.isAfter(lastArchivedTime));
    }
}
