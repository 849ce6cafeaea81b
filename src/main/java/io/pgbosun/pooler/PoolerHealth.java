package io.pgbosun.pooler;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the poolers of clusters are, for metrics. */
@Singleton
public class PoolerHealth {
    private final PoolerStore poolers;
    private final PoolerControl control;
    private final ClusterStore clusters;
    private final Topology topology;
    private final Store store;

    PoolerHealth(PoolerStore poolers, PoolerControl control, ClusterStore clusters, Topology topology, Store store) {
        this.poolers = poolers;
        this.control = control;
        this.clusters = clusters;
        this.topology = topology;
        this.store = store;
    }

    /**
     * How one is.
     *
     * @param poolSizes by database
     * @param paused databases that are paused while no operation runs that could have paused them
     * @param misled databases that lead elsewhere than to the primary; null while none answers or may just change
     */
    public record Health(
            String pooler,
            boolean up,
            List<PoolerPool> pools,
            Map<String, Integer> poolSizes,
            int paused,
            Integer misled) {}

    /** The clusters that have poolers. */
    public List<String> clusters() {
        return poolers.clusters();
    }

    public List<Health> look(String cluster) {
        var all = poolers.of(cluster);
        var primary = all.isEmpty() || isLed(cluster) ? Optional.<Endpoint>empty() : primary(cluster);
        return all.stream().map(pooler -> look(pooler, primary)).toList();
    }

    private Optional<Endpoint> primary(String cluster) {
        try {
            return clusters.find(cluster).map(topology::primaryEndpoint);
        } catch (Problem none) {
            return Optional.empty();
        }
    }

    /** Whether an operation has just to do with its poolers; others that hold the cluster for hours hide nothing. */
    private boolean isLed(String cluster) {
        return store.one("""
                        select 1 from operation where ended_at is null and target = 'clusters/' || $1
                          and state in ('RUNNING', 'CANCELLING') and kind in ('switchover', 'failover', 'restart-cluster',
                            'follow-leader', 'control-pooler', 'apply-pooler-config') limit 1""", cluster).isPresent();
    }

    private Health look(PoolerRecord pooler, Optional<Endpoint> primary) {
        try {
            var console = control.console(pooler);
            var databases = console.databases();
            var paused = isLed(pooler.pooler().cluster())
                    ? 0
                    : PoolerControl.named(pooler, databases, PoolerDatabase::paused)
                            .size();
            var sizes = databases.stream()
                    .filter(database -> database.poolSize() != null)
                    .collect(Collectors.toMap(PoolerDatabase::name, PoolerDatabase::poolSize, Math::max));
            return new Health(
                    pooler.name(),
                    true,
                    console.pools(),
                    sizes,
                    paused,
                    primary.map(at -> misled(pooler, databases, at)).orElse(null));
        } catch (Problem down) {
            return new Health(pooler.name(), false, List.of(), Map.of(), 0, null);
        }
    }

    private static int misled(PoolerRecord pooler, List<PoolerDatabase> databases, Endpoint primary) {
        return PoolerControl.named(
                        pooler,
                        databases,
                        database -> !(primary.address().equals(database.host())
                                && Integer.valueOf(primary.port()).equals(database.port())))
                .size();
    }
}
