package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.cluster.Cluster.Driver;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.host.PatroniCluster;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Gauges of the Patronis of clusters: whether one answers, leads, and may fail over. */
@Singleton
class PatroniMetrics {
    private final ClusterStore clusters;
    private final PatroniMembers members;
    private final Survey<Optional<PatroniCluster>> survey = new Survey<>();
    private final MultiGauge up;
    private final MultiGauge leader;
    private final MultiGauge paused;

    PatroniMetrics(ClusterStore clusters, PatroniMembers members, MeterRegistry registry) {
        this.clusters = clusters;
        this.members = members;
        up = gauge(registry, "pgbosun_patroni_up", "1 when a Patroni of the cluster answers, else 0.");
        leader = gauge(registry, "pgbosun_patroni_leader", "1 when a member holds the leader key, else 0.");
        paused = gauge(
                registry, "pgbosun_patroni_paused", "1 in maintenance mode, in which nobody fails over by itself.");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** What does not answer is no member of what is shown of leaders. */
    void refresh() throws InterruptedException {
        show(survey.ask(clusters.names(Driver.PATRONI), this::look));
    }

    /** By cluster; empty for one that does not answer. */
    void show(Map<String, Optional<Optional<PatroniCluster>>> seen) {
        up.register(
                seen.entrySet().stream()
                        .map(one -> Row.of(
                                Tags.of("cluster", one.getKey()), one.getValue().isPresent() ? 1 : 0))
                        .toList(),
                true);
        show(leader, seen, cluster -> cluster.leader().isPresent() ? 1 : 0);
        show(paused, seen, cluster -> cluster.paused() ? 1 : 0);
    }

    private static void show(
            MultiGauge gauge,
            Map<String, Optional<Optional<PatroniCluster>>> seen,
            ToIntFunction<PatroniCluster> value) {
        var rows = seen.entrySet().stream()
                .flatMap(one -> one.getValue().flatMap(told -> told).stream()
                        .map(cluster -> Row.of(Tags.of("cluster", one.getKey()), value.applyAsInt(cluster))))
                .toList();
        gauge.register(List.copyOf(rows), true);
    }

    /** Empty for a cluster that was deleted just now. */
    private Optional<PatroniCluster> look(String name) {
        return clusters.find(name).map(cluster -> members.of(cluster).cluster());
    }
}
