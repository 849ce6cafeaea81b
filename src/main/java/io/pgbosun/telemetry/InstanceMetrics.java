package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Instance;
import io.pgbosun.cluster.Topology;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Gauges of what the instances say of themselves: whether they answer, and how far standbys are behind. A few clusters
 * are asked at once, each for a few seconds; instances of one that does not answer by then count as down.
 */
@Singleton
class InstanceMetrics {
    private static final Logger LOG = Logger.getLogger(InstanceMetrics.class);
    private static final int CLUSTERS_AT_ONCE = 8;
    private static final int SECONDS = 5;

    private final ClusterStore clusters;
    private final Topology topology;
    private final MultiGauge up;
    private final MultiGauge lagBytes;
    private final MultiGauge lagSeconds;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> asking = ConcurrentHashMap.newKeySet();

    InstanceMetrics(ClusterStore clusters, Topology topology, MeterRegistry registry) {
        this.clusters = clusters;
        this.topology = topology;
        up = MultiGauge.builder("pgbosun_instance_up")
                .description("1 when the instance answers.")
                .register(registry);
        lagBytes = MultiGauge.builder("pgbosun_instance_replay_lag_bytes")
                .description("WAL that the primary has written and the standby has not replayed.")
                .register(registry);
        lagSeconds = MultiGauge.builder("pgbosun_instance_replay_lag_seconds")
                .description(
                        "Since the last commit that the standby has replayed; 0 when it has replayed all that it received.")
                .register(registry);
    }

    /** What is known of one instance; null lags on a primary and on what is down. */
    private record Seen(String cluster, String instance, boolean up, Long lagBytes, Double lagSeconds) {
        Tags tags() {
            return Tags.of("cluster", cluster, "instance", instance);
        }
    }

    void refresh() throws InterruptedException {
        var permits = new Semaphore(CLUSTERS_AT_ONCE);
        var asked = clusters.names().stream()
                .map(name -> threads.submit(() -> look(name, permits)))
                .toList();
        var seen = new ArrayList<Seen>();
        for (var one : asked) {
            seen.addAll(answer(one));
        }
        show(up, seen, instance -> instance.up() ? 1 : 0);
        show(lagBytes, seen, Seen::lagBytes);
        show(lagSeconds, seen, Seen::lagSeconds);
    }

    private static List<Seen> answer(Future<List<Seen>> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "a cluster cannot be looked at: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private static void show(MultiGauge gauge, List<Seen> seen, Function<Seen, Number> value) {
        gauge.register(
                seen.stream()
                        .filter(instance -> value.apply(instance) != null)
                        .map(instance -> Row.of(instance.tags(), value.apply(instance)))
                        .toList(),
                true);
    }

    /** Empty for a cluster that was deleted just now. */
    private List<Seen> look(String name, Semaphore permits) throws InterruptedException {
        permits.acquire();
        try {
            var cluster = clusters.find(name);
            return cluster.isEmpty() ? List.of() : ask(cluster.get()).orElseGet(() -> down(cluster.get()));
        } finally {
            permits.release();
        }
    }

    /** Empty when there is no answer in time, or none yet to the question of the last round. */
    private Optional<List<Seen>> ask(ClusterRecord cluster) throws InterruptedException {
        var name = cluster.cluster().name();
        if (!asking.add(name)) {
            return Optional.empty();
        }
        Callable<List<Instance>> question = () -> {
            try {
                return topology.instances(cluster);
            } finally {
                asking.remove(name);
            }
        };
        var asked = threads.submit(question);
        try {
            return Optional.of(asked.get(SECONDS, TimeUnit.SECONDS).stream()
                    .map(instance -> seen(name, instance))
                    .toList());
        } catch (TimeoutException slow) {
            asked.cancel(true);
            return Optional.empty();
        } catch (ExecutionException e) {
            LOG.infof("metrics of %s: %s", name, e.getCause());
            return Optional.empty();
        }
    }

    private static Seen seen(String cluster, Instance instance) {
        return new Seen(
                cluster,
                instance.name(),
                instance.state() == Instance.State.UP,
                instance.replayLagBytes(),
                instance.replayLagSeconds());
    }

    private static List<Seen> down(ClusterRecord cluster) {
        return cluster.instances().stream()
                .map(instance -> new Seen(cluster.cluster().name(), instance.name(), false, null, null))
                .toList();
    }
}
