package io.pgbosun.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.operation.OperationState;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** Gauges of what the control database knows: operations that are not ended, and how old drills that passed are. */
@Singleton
class StoreMetrics {
    private static final String[] ACTIVE = Arrays.stream(OperationState.values())
            .filter(state -> !state.isFinal())
            .map(Enum::name)
            .toArray(String[]::new);

    private static final String DRILLS = """
            select c.name, d.created_at from cluster c
            join lateral (select created_at from drill where cluster = c.name and passed order by id desc limit 1) d on true
            """;

    private final Store store;
    private final Clock clock;
    private final MultiGauge operations;
    private final MultiGauge drillAge;
    private volatile Instant queuedSince;
    private volatile Instant refreshedAt = Instant.EPOCH;

    StoreMetrics(Store store, Clock clock, MeterRegistry registry) {
        this.store = store;
        this.clock = clock;
        operations = gauge(registry, "pgbosun_operations", "Operations that have not ended.");
        drillAge = gauge(registry, "pgbosun_drill_age_seconds", "Since the cluster's newest drill that passed.");
        Gauge.builder("pgbosun_operation_queue_age_seconds", this, StoreMetrics::queueAge)
                .description("How long the operation that is queued longest has been; 0 when none is.")
                .strongReference(true)
                .register(registry);
        Gauge.builder(
                        "pgbosun_metrics_refresh_timestamp_seconds",
                        this,
                        metrics -> metrics.refreshedAt.getEpochSecond())
                .description("When the gauges of pgbosun were last refreshed whole; 0 when never.")
                .strongReference(true)
                .register(registry);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void refresh() {
        refreshOperations();
        drillAge.register(
                store.query(DRILLS).stream().map(row -> age(row, "created_at")).toList(), true);
    }

    private void refreshOperations() {
        var rows = store.query(
                "select kind, state, count(*) as count, min(updated_at) as since from operation where state = any($1) group by kind, state",
                (Object) ACTIVE);
        operations.register(
                rows.stream()
                        .map(row -> Row.of(
                                Tags.of("kind", row.text("kind"), "state", row.text("state")), row.number("count")))
                        .toList(),
                true);
        queuedSince = rows.stream()
                .filter(row -> row.text("state").equals(OperationState.QUEUED.name()))
                .map(row -> row.time("since"))
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** Says that everything was refreshed: an alert on its age shows when the other gauges stand still. */
    void refreshed() {
        refreshedAt = clock.instant();
    }

    private double queueAge() {
        var since = queuedSince;
        return since == null ? 0 : seconds(since);
    }

    /** Ages are taken when scraped, and so go on growing when nothing is refreshed any more. */
    private Row<Instant> age(io.pgbosun.store.Row row, String column) {
        return Row.of(cluster(row), row.time(column), this::seconds);
    }

    private double seconds(Instant since) {
        return Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
    }

    private static Tags cluster(io.pgbosun.store.Row row) {
        return Tags.of("cluster", row.text("name"));
    }
}
