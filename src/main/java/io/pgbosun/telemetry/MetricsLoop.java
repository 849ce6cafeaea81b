package io.pgbosun.telemetry;

import io.pgbosun.operation.Recurring;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

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
    private final Recurring recurring = new Recurring("metrics", Duration.ofSeconds(5), this::refresh);

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
            recurring.start();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        recurring.stop();
    }

    private void refresh() throws InterruptedException {
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
    }
}
