package io.pgbosun.host;

/** Gives the {@link PoolerConsole} of the PgBouncer at an endpoint; opens nothing by itself. */
public interface PoolerConsoles {
    PoolerConsole at(Endpoint endpoint);
}
