package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A row of PgBouncer's {@code SHOW POOLS}; null is what this version does not tell. */
@Schema(description = "A row of PgBouncer's SHOW POOLS.")
public record PoolerPool(
        String database,
        String user,
        Integer clActive,
        Integer clWaiting,
        Integer clActiveCancelReq,
        Integer clWaitingCancelReq,
        Integer svActive,
        Integer svActiveCancel,
        Integer svBeingCanceled,
        Integer svIdle,
        Integer svUsed,
        Integer svTested,
        Integer svLogin,
        Double maxwaitSeconds,
        String poolMode) {}
