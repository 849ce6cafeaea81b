package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.pooler.PoolerHealth;
import io.pgbosun.pooler.PoolerHealth.Health;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gauges of poolers: who waits, what is in use, and whether they lead where they should. */
@Singleton
class PoolerMetrics {
    private final PoolerHealth poolers;
    private final Survey<List<Health>> survey = new Survey<>();
    private final MultiGauge up;
    private final MultiGauge clients;
    private final MultiGauge servers;
    private final MultiGauge maxWait;
    private final MultiGauge poolSize;
    private final MultiGauge paused;
    private final MultiGauge misled;

    PoolerMetrics(PoolerHealth poolers, MeterRegistry registry) {
        this.poolers = poolers;
        up = gauge(registry, "pgbosun_pooler_up", "1 when the pooler's console answers, else 0.");
        clients = gauge(registry, "pgbosun_pooler_clients", "Clients of a pool that have a server or wait for one.");
        servers = gauge(registry, "pgbosun_pooler_servers", "Server connections of a pool that are in use or idle.");
        maxWait = gauge(
                registry,
                "pgbosun_pooler_max_wait_seconds",
                "For how long the client that has waited longest has waited; 0 when none does.");
        poolSize = gauge(registry, "pgbosun_pooler_pool_size", "How many server connections a pool may have.");
        paused = gauge(
                registry,
                "pgbosun_pooler_paused_databases",
                "Databases that are paused while no operation runs that has to do with poolers.");
        misled = gauge(
                registry, "pgbosun_pooler_misled_databases", "Databases that lead elsewhere than to the primary.");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void refresh() throws InterruptedException {
        var found = new TreeMap<String, List<Health>>();
        survey.ask(poolers.clusters(), poolers::look)
                .forEach((cluster, seen) -> seen.ifPresent(told -> found.put(cluster, told)));
        show(found);
    }

    /** By cluster. */
    void show(Map<String, List<Health>> found) {
        var rows = new Rows();
        found.forEach((cluster, seen) -> seen.forEach(health -> rows.add(cluster, health)));
        up.register(rows.up, true);
        clients.register(rows.clients, true);
        servers.register(rows.servers, true);
        maxWait.register(rows.maxWait, true);
        poolSize.register(rows.poolSize, true);
        paused.register(rows.paused, true);
        misled.register(rows.misled, true);
    }

    /** What is to be shown. */
    private static final class Rows {
        private final List<Row<?>> up = new ArrayList<>();
        private final List<Row<?>> clients = new ArrayList<>();
        private final List<Row<?>> servers = new ArrayList<>();
        private final List<Row<?>> maxWait = new ArrayList<>();
        private final List<Row<?>> poolSize = new ArrayList<>();
        private final List<Row<?>> paused = new ArrayList<>();
        private final List<Row<?>> misled = new ArrayList<>();

        void add(String cluster, Health health) {
            var tags = Tags.of("cluster", cluster, "pooler", health.pooler());
            up.add(Row.of(tags, health.up() ? 1 : 0));
            if (health.up()) {
                paused.add(Row.of(tags, health.paused()));
            }
            if (health.misled() != null) {
                misled.add(Row.of(tags, health.misled()));
            }
            health.pools().forEach(pool -> add(tags, pool, health.poolSizes().get(pool.database())));
        }

        private void add(Tags pooler, PoolerPool pool, Integer size) {
            var tags = pooler.and("database", pool.database(), "user", pool.user());
            clients.add(Row.of(tags.and("state", "active"), pool.clActive()));
            clients.add(Row.of(tags.and("state", "waiting"), pool.clWaiting()));
            servers.add(Row.of(tags.and("state", "active"), pool.svActive()));
            servers.add(Row.of(tags.and("state", "idle"), pool.svIdle()));
            maxWait.add(Row.of(tags, pool.maxwaitSeconds()));
            if (size != null) {
                poolSize.add(Row.of(tags, size));
            }
        }
    }
}
