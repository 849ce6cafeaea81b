package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A row of PgBouncer's {@code SHOW CLIENTS} or {@code SHOW SERVERS}; null is what this version does not tell. */
@Schema(description = "A row of PgBouncer's SHOW CLIENTS or SHOW SERVERS.")
public record PoolerSocket(
        String type,
        String user,
        String database,
        String state,
        String addr,
        Integer port,
        String localAddr,
        Integer localPort,
        String connectTime,
        String requestTime,
        Double waitSeconds,
        Integer closeNeeded,
        String ptr,
        String link,
        Integer remotePid,
        String tls,
        String applicationName) {}
