package io.pgbosun.cluster;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.secret.Secret;
import java.time.Instant;
import java.util.UUID;

/**
 * A scratch instance: which backup is restored to where; decided once.
 *
 * @param username of a superuser there, or the role of the cluster
 * @param restoreCommand reads archived WAL for a physical backup, or null
 * @param startTime when it was decided
 */
public record ScratchCopy(
        UUID backup,
        String directory,
        int port,
        String username,
        Secret password,
        String restoreCommand,
        RecoveryTarget target,
        Instant startTime) {
    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port, username, password, "disable");
    }
}
