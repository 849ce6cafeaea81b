package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A row of PgBouncer's {@code SHOW DATABASES}; null is what this version does not tell. */
@Schema(description = "A row of PgBouncer's SHOW DATABASES.")
public record PoolerDatabase(
        String name,
        String host,
        Integer port,
        String database,
        String forceUser,
        Integer poolSize,
        Integer minPoolSize,
        Integer reservePool,
        String poolMode,
        Integer maxConnections,
        Integer currentConnections,
        boolean paused,
        boolean disabled) {}
