package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import jakarta.inject.Singleton;

/** Servers spoken to with pgjdbc. */
@Singleton
public final class JdbcServers implements Servers {
    @Override
    public Server at(Endpoint endpoint) {
        return new JdbcServer(endpoint);
    }
}
