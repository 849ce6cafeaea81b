package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Function;

/** Gauges of how the newest failover drill of each cluster came out. A series goes with its cluster. */
@Singleton
class FailoverDrillMetrics {
    /** Whether it passed or not; there is a cost where it was failed over. */
    private static final String DRILLS = """
            select c.name, d.created_at, d.passed,
              d.report->'cost'->>'withoutWritesSeconds' as without_writes,
              (d.report->'cost'->>'lostRows')::bigint as lost
            from cluster c
            join lateral (select created_at, passed, report from failover_drill
              where cluster = c.name order by id desc limit 1) d on true
            """;

    private final Store store;
    private final MultiGauge drilled;
    private final MultiGauge passed;
    private final MultiGauge withoutWrites;
    private final MultiGauge lost;

    FailoverDrillMetrics(Store store, MeterRegistry registry) {
        this.store = store;
        drilled = gauge(
                registry,
                "pgbosun_failover_drill_last_timestamp_seconds",
                "When the cluster's newest failover drill ended.");
        passed = gauge(
                registry,
                "pgbosun_failover_drill_last_passed",
                "1 when the cluster's newest failover drill passed, else 0.");
        withoutWrites = gauge(
                registry,
                "pgbosun_failover_drill_last_without_writes_seconds",
                "How long no write was taken in the cluster's newest failover drill.");
        lost = gauge(
                registry,
                "pgbosun_failover_drill_last_lost_rows",
                "Acknowledged rows that were lost in the cluster's newest failover drill.");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void refresh() {
        var drills = store.query(DRILLS);
        show(drilled, drills, row -> row.time("created_at").getEpochSecond());
        show(passed, drills, row -> row.bool("passed") ? 1 : 0);
        var costs = drills.stream().filter(row -> row.has("lost")).toList();
        show(withoutWrites, costs, row -> Double.valueOf(row.text("without_writes")));
        show(lost, costs, row -> row.number("lost"));
    }

    private static void show(MultiGauge gauge, List<Row> drills, Function<Row, Number> value) {
        var rows = drills.stream()
                .<MultiGauge.Row<?>>map(
                        row -> MultiGauge.Row.of(Tags.of("cluster", row.text("name")), value.apply(row)))
                .toList();
        gauge.register(rows, true);
    }
}
