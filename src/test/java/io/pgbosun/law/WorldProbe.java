package io.pgbosun.law;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.TableName;
import io.pgbosun.host.WriteProbe;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Writes to a server of the world: as many rows whatever is asked for, of which none is lost. */
@Alternative
@Singleton
class WorldProbe implements WriteProbe {
    private static final String DATABASE = "postgres";
    private static final long ROWS = 10;

    private final WorldServers servers;

    WorldProbe(WorldServers servers) {
        this.servers = servers;
    }

    @Override
    public Acknowledged write(Endpoint server, Duration lasting, Runnable then) {
        servers.at(server)
                .script(
                        DATABASE,
                        "drop table if exists probe; create table probe; insert into probe generate_series(1, " + ROWS
                                + ")");
        then.run();
        return new Acknowledged(ROWS, WorldServer.STARTED);
    }

    @Override
    public void writeOne(Endpoint server) {
        servers.at(server).script(DATABASE, "insert into probe values (0)");
    }

    @Override
    public long count(Endpoint server, long upTo) {
        return servers.at(server).countRows(DATABASE, TableName.parse("probe"));
    }
}
