package io.pgbosun.pooler;

import io.pgbosun.host.Endpoint;
import java.nio.file.Path;
import java.util.List;

/** A pooler with what is needed to talk to it; never shown to a caller. */
record PoolerRecord(Pooler pooler, Endpoint console) {
    String name() {
        return pooler.name();
    }

    Path file() {
        return Path.of(pooler.configFile());
    }

    /** The names of its databases. */
    List<String> databases() {
        return pooler.databases().stream().map(PooledDatabase::name).toList();
    }
}
