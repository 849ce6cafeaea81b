package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A row of PgBouncer's {@code SHOW STATS}: bytes, and times in microseconds; null is what this version does not tell. */
@Schema(description = "A row of PgBouncer's SHOW STATS: bytes, and times in microseconds.")
public record PoolerStats(
        String database,
        Long totalXactCount,
        Long totalQueryCount,
        Long totalReceived,
        Long totalSent,
        Long totalXactTime,
        Long totalQueryTime,
        Long totalWaitTime,
        Long avgXactCount,
        Long avgQueryCount,
        Long avgRecv,
        Long avgSent,
        Long avgXactTime,
        Long avgQueryTime,
        Long avgWaitTime) {}
