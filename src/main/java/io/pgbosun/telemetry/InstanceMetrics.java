package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Instance;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.PrimarySightings;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Gauges of what the instances say of themselves: whether they answer, and how far standbys are behind. Instances of a
 * cluster that does not answer in time count as down.
 */
@Singleton
class InstanceMetrics {
    private final ClusterStore clusters;
    private final Topology topology;
    private final PrimarySightings primaries;
    private final MultiGauge up;
    private final MultiGauge primary;
    private final MultiGauge lagBytes;
    private final MultiGauge lagSeconds;
    private final Survey<List<Seen>> survey = new Survey<>();

    InstanceMetrics(ClusterStore clusters, Topology topology, PrimarySightings primaries, MeterRegistry registry) {
        this.clusters = clusters;
        this.topology = topology;
        this.primaries = primaries;
        primary = MultiGauge.builder("pgbosun_instance_primary")
                .description("1 when the instance takes writes: a cluster with two of them is split.")
                .register(registry);
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
    private record Seen(
            String cluster, String instance, boolean up, boolean primary, Long lagBytes, Double lagSeconds) {
        Tags tags() {
            return Tags.of("cluster", cluster, "instance", instance);
        }
    }

    void refresh() throws InterruptedException {
        var seen = new ArrayList<Seen>();
        for (var asked : survey.ask(clusters.names(), this::look).entrySet()) {
            seen.addAll(asked.getValue().orElseGet(() -> down(asked.getKey())));
        }
        show(up, seen, instance -> instance.up() ? 1 : 0);
        show(primary, seen, instance -> instance.primary() ? 1 : 0);
        show(lagBytes, seen, Seen::lagBytes);
        show(lagSeconds, seen, Seen::lagSeconds);
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
    private List<Seen> look(String name) {
        return clusters.find(name)
                .map(cluster -> {
                    var sightings = topology.look(cluster);
                    remember(name, sightings);
                    return Topology.instances(sightings).stream()
                            .map(instance -> seen(name, instance))
                            .toList();
                })
                .orElse(List.of());
    }

    /** Of two that take writes nobody knows which one counts. */
    private void remember(String name, List<Sighting> sightings) {
        var seen = sightings.stream().filter(Sighting::primary).toList();
        if (seen.size() == 1) {
            primaries.saw(name, seen.getFirst());
        }
    }

    private static Seen seen(String cluster, Instance instance) {
        return new Seen(
                cluster,
                instance.name(),
                instance.state() == Instance.State.UP,
                instance.role() == Instance.Role.PRIMARY,
                instance.replayLagBytes(),
                instance.replayLagSeconds());
    }

    private List<Seen> down(String name) {
        return clusters.find(name).stream()
                .flatMap(cluster -> cluster.instances().stream())
                .map(instance -> new Seen(name, instance.name(), false, false, null, null))
                .toList();
    }
}
