package io.pgbosun.host;

/** Gives the {@link Patroni} of a cluster; opens nothing by itself. */
public interface Patronis {
    Patroni at(PatroniApi api);
}
