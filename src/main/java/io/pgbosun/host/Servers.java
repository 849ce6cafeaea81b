package io.pgbosun.host;

/** Gives the {@link Server} at an endpoint; opens nothing by itself. */
public interface Servers {
    Server at(Endpoint endpoint);
}
