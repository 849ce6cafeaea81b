package io.pgbosun.law;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;

/** Servers of the world. */
@Alternative
@Singleton
class WorldServers implements Servers {
    private final Stage stage;

    WorldServers(Stage stage) {
        this.stage = stage;
    }

    @Override
    public Server at(Endpoint endpoint) {
        return new WorldServer(stage, endpoint);
    }
}
