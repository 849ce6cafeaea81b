package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.ReplicationSlot;
import io.pgbosun.replication.Standbys;
import io.pgbosun.replication.Standbys.Seen;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gauges of who streams from whom, and of the WAL that slots keep. */
@Singleton
class ReplicationMetrics {
    private static final String LOST = "lost";

    private final ClusterStore clusters;
    private final Standbys standbys;
    private final Survey<List<Seen>> survey = new Survey<>();
    private final MultiGauge streaming;
    private final MultiGauge retained;
    private final MultiGauge active;
    private final MultiGauge safe;
    private final MultiGauge lost;

    ReplicationMetrics(ClusterStore clusters, Standbys standbys, MeterRegistry registry) {
        this.clusters = clusters;
        this.standbys = standbys;
        streaming =
                gauge(registry, "pgbosun_instance_streaming", "1 when the standby streams from another one, else 0.");
        retained = gauge(registry, "pgbosun_slot_retained_bytes", "WAL that is kept for a replication slot.");
        active = gauge(registry, "pgbosun_slot_active", "1 when somebody streams by the replication slot, else 0.");
        safe = gauge(
                registry,
                "pgbosun_slot_safe_bytes",
                "WAL that may still be written before the slot loses some (max_slot_wal_keep_size).");
        lost = gauge(registry, "pgbosun_slot_lost", "1 when WAL that the slot needs is gone, else 0.");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void refresh() throws InterruptedException {
        var found = new TreeMap<String, List<Seen>>();
        survey.ask(clusters.names(), this::look)
                .forEach((cluster, seen) -> seen.ifPresent(told -> found.put(cluster, told)));
        show(found);
    }

    /** Empty for a cluster that was deleted just now. */
    private List<Seen> look(String name) {
        return clusters.find(name).map(standbys::look).orElse(List.of());
    }

    /** By cluster. */
    void show(Map<String, List<Seen>> found) {
        var rows = new Rows();
        found.forEach((cluster, seen) ->
                seen.stream().filter(one -> one.state() != null).forEach(one -> rows.add(cluster, one)));
        streaming.register(rows.streaming, true);
        retained.register(rows.retained, true);
        active.register(rows.active, true);
        safe.register(rows.safe, true);
        lost.register(rows.lost, true);
    }

    /** What is to be shown. */
    private static final class Rows {
        private final List<Row<?>> streaming = new ArrayList<>();
        private final List<Row<?>> retained = new ArrayList<>();
        private final List<Row<?>> active = new ArrayList<>();
        private final List<Row<?>> safe = new ArrayList<>();
        private final List<Row<?>> lost = new ArrayList<>();

        void add(String cluster, Seen seen) {
            var tags = Tags.of("cluster", cluster, "instance", seen.instance());
            if (seen.state().inRecovery()) {
                streaming.add(Row.of(tags, seen.state().upstream() == null ? 0 : 1));
            }
            seen.state().slots().forEach(slot -> add(tags.and("slot", slot.name()), slot));
        }

        private void add(Tags tags, ReplicationSlot slot) {
            active.add(Row.of(tags, slot.active() ? 1 : 0));
            lost.add(Row.of(tags, LOST.equals(slot.walStatus()) ? 1 : 0));
            if (slot.retainedBytes() != null) {
                retained.add(Row.of(tags, slot.retainedBytes()));
            }
            if (slot.safeWalBytes() != null) {
                safe.add(Row.of(tags, slot.safeWalBytes()));
            }
        }
    }
}
