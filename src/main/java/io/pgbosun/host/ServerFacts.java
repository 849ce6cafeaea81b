package io.pgbosun.host;

import java.time.Instant;

/**
 * What a server says of itself.
 *
 * @param systemIdentifier of {@code pg_control_system()}, as text
 * @param versionNumber {@code server_version_num}, such as 150020
 * @param inRecovery true on a standby
 * @param timeline of the WAL it writes or replays
 * @param writeLsn last WAL position written (primary) or received (standby)
 * @param replayLsn last WAL position replayed; equal to {@code writeLsn} on a primary
 * @param replayLagSeconds seconds since the last replayed commit, 0 when everything received is replayed, null on a primary
 * @param synchronous whether commits wait for a standby that streams; false on a standby
 * @param startedAt when the postmaster started
 */
public record ServerFacts(
        String systemIdentifier,
        int versionNumber,
        boolean inRecovery,
        int timeline,
        Lsn writeLsn,
        Lsn replayLsn,
        Double replayLagSeconds,
        boolean synchronous,
        Instant startedAt) {

    public int majorVersion() {
        return versionNumber / 10_000;
    }
}
