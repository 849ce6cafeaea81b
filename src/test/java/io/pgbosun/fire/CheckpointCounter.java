package io.pgbosun.fire;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerFacts;
import io.pgbosun.host.ServerTraces;
import io.pgbosun.host.Servers;
import io.pgbosun.host.Work;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Servers that can do nothing but a checkpoint, and count how often each run of an operation has made one. */
@Alternative
@Singleton
class CheckpointCounter implements Servers {
    private static final ServerFacts PRIMARY =
            new ServerFacts("1", 150_008, false, 1, new Lsn(1), new Lsn(1), null, false, Instant.EPOCH);

    private final Map<String, Integer> checkpoints = new ConcurrentHashMap<>();

    @Override
    public Server at(Endpoint endpoint) {
        return (Server) Proxy.newProxyInstance(
                Server.class.getClassLoader(),
                new Class<?>[] {Server.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "facts" -> PRIMARY;
                    case "databases" -> List.of();
                    case "endSessions" -> 0;
                    case "traces" -> new ServerTraces(List.of(), List.of());
                    case "checkpoint" -> checkpoint();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private Lsn checkpoint() {
        checkpoints.merge(Work.currentTag(), 1, Integer::sum);
        return new Lsn(1);
    }

    /** By the tag of the run. */
    Map<String, Integer> checkpoints() {
        return Map.copyOf(checkpoints);
    }
}
