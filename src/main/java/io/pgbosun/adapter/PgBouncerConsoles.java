package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PoolerConsole;
import io.pgbosun.host.PoolerConsoles;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;

/** PgBouncers, by the Vert.x client: newer versions of pgjdbc are refused by the console. */
@Singleton
public final class PgBouncerConsoles implements PoolerConsoles {
    private final Vertx vertx;

    public PgBouncerConsoles(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public PoolerConsole at(Endpoint endpoint) {
        return new PgBouncerConsole(new ConsoleSession(vertx, endpoint));
    }
}
