package io.pgbosun.host;

import io.pgbosun.secret.Secret;

/**
 * Where a PostgreSQL server listens and who logs in there.
 *
 * @param address host name or address
 * @param port 1 to 65535
 * @param username the role that logs in
 * @param password its password, or null where none is needed
 * @param sslMode libpq's {@code sslmode}: disable, prefer, require, verify-ca or verify-full
 */
public record Endpoint(String address, int port, String username, Secret password, String sslMode) {
    /** {@code address:port}, for messages. */
    public String display() {
        return address + ":" + port;
    }
}
