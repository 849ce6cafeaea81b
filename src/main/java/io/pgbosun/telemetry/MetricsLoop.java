package io.pgbosun.telemetry;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Refreshes the gauges every 15 seconds, those of archived WAL every minute, in services with the role {@code worker}; a scrape and a request find them as
 * they are. Every such service says the same of the fleet: take the maximum over them.
 *
 * <p>{@code /q/metrics} needs no token, because scrapers commonly have none and the service listens on loopback unless
 * told otherwise. It tells names of clusters and instances, ages and sizes, and no data or secret; who makes the service
 * listen elsewhere decides with a firewall or a proxy who may scrape.
 */
@Singleton
class MetricsLoop {
    private static final Logger LOG = Logger.getLogger(MetricsLoop.class);
    private static final long PERIOD_MILLIS = 15_000;
    private static final long JITTER_MILLIS = 2_000;
    /** Directories of the archive are large, and segments are read. */
    private static final long WAL_ROUNDS = 4;

    private final Set<String> roles;
    private final StoreMetrics store;
    private final RecoveryMetrics recovery;
    private final InstanceMetrics instances;
    private final PoolerMetrics poolers;
    private final WalMetrics wal;
    private long rounds;
    private Thread thread;

    MetricsLoop(
            @ConfigProperty(name = "pgbosun.roles", defaultValue = "api,worker") Set<String> roles,
            StoreMetrics store,
            RecoveryMetrics recovery,
            InstanceMetrics instances,
            PoolerMetrics poolers,
            WalMetrics wal) {
        this.roles = roles;
        this.store = store;
        this.recovery = recovery;
        this.instances = instances;
        this.poolers = poolers;
        this.wal = wal;
    }

    void start(@Observes StartupEvent event) {
        if (roles.contains("worker")) {
            thread = Thread.ofVirtual().name("metrics").start(this::loop);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void loop() {
        try {
            while (true) {
                refresh();
                // services that were started together are not to ask together
                var jitter = ThreadLocalRandom.current().nextLong(-JITTER_MILLIS, JITTER_MILLIS);
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS + jitter);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void refresh() throws InterruptedException {
        try {
            store.refresh();
            recovery.refresh();
            instances.refresh();
            poolers.refresh();
            if (rounds++ % WAL_ROUNDS == 0) {
                wal.refresh();
            }
            store.refreshed();
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.warnf("metrics are not refreshed: %s", e.getMessage());
        }
    }
}
