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
 * Refreshes the gauges: of instances every 5 seconds, those of archived WAL and of policies every minute, all others every
 * 15 seconds; in services with the role {@code worker}; a scrape and a request find them as
 * they are. Every such service says the same of the fleet: take the maximum over them.
 *
 * <p>{@code /q/metrics} needs no token, because scrapers commonly have none and the service listens on loopback unless
 * told otherwise. It tells names of clusters and instances, ages and sizes, and no data or secret; who makes the service
 * listen elsewhere decides with a firewall or a proxy who may scrape.
 */
@Singleton
class MetricsLoop {
    private static final Logger LOG = Logger.getLogger(MetricsLoop.class);
    private static final long PERIOD_MILLIS = 5_000;
    private static final long JITTER_MILLIS = 500;
    private static final long OTHER_ROUNDS = 3;
    /** Directories of the archive are large, and segments are read; policies look at the whole catalogue. */
    private static final long SLOW_ROUNDS = 12;

    private final Set<String> roles;
    private final StoreMetrics store;
    private final RecoveryMetrics recovery;
    private final FailoverDrillMetrics failoverDrills;
    private final InstanceMetrics instances;
    private final ReplicationMetrics replication;
    private final PatroniMetrics patroni;
    private final PoolerMetrics poolers;
    private final WalMetrics wal;
    private final PolicyMetrics policies;
    private long rounds;
    private Thread thread;

    MetricsLoop(
            @ConfigProperty(name = "pgbosun.roles", defaultValue = "api,worker") Set<String> roles,
            StoreMetrics store,
            RecoveryMetrics recovery,
            FailoverDrillMetrics failoverDrills,
            InstanceMetrics instances,
            ReplicationMetrics replication,
            PatroniMetrics patroni,
            PoolerMetrics poolers,
            WalMetrics wal,
            PolicyMetrics policies) {
        this.roles = roles;
        this.store = store;
        this.recovery = recovery;
        this.failoverDrills = failoverDrills;
        this.instances = instances;
        this.replication = replication;
        this.patroni = patroni;
        this.poolers = poolers;
        this.wal = wal;
        this.policies = policies;
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
            instances.refresh(); // what is split or gone is to be seen within ten seconds
            if (rounds % OTHER_ROUNDS == 0) {
                replication.refresh();
                patroni.refresh();
                poolers.refresh();
                store.refresh();
                recovery.refresh();
                failoverDrills.refresh();
            }
            if (rounds % SLOW_ROUNDS == 0) {
                wal.refresh();
                policies.refresh();
            }
            store.refreshed();
            rounds++;
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.warnf("metrics are not refreshed: %s", e.getMessage());
        }
    }
}
