package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.backup.Backup;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Gauges of what each cluster could be recovered from: its newest backup of each type beside the one before, and how its
 * newest drill came out. A series goes with its cluster.
 */
@Singleton
class RecoveryMetrics {
    private static final String[] TYPES =
            Arrays.stream(Backup.Type.values()).map(Enum::name).toArray(String[]::new);

    /** The newest one by its id, whose order is that of time. */
    private static final String BACKUPS = """
            select c.name, t.type, b.started_at, b.ended_at, b.size_bytes, p.size_bytes as previous from cluster c
            cross join unnest($1::text[]) t (type)
            join lateral (select id, started_at, ended_at, size_bytes from backup
              where cluster = c.name and type = t.type order by id desc limit 1) b on true
            left join lateral (select size_bytes from backup
              where cluster = c.name and type = t.type and id < b.id order by id desc limit 1) p on true
            """;

    /** Whether it passed or not. */
    private static final String DRILLS = """
            select c.name, d.created_at, d.passed, d.recovery from cluster c
            join lateral (select created_at, passed, case when report->>'failure' is null then report->>'recoverySeconds' end as recovery
              from drill
              where cluster = c.name order by id desc limit 1) d on true
            """;

    private final Store store;
    private final Clock clock;
    private final MultiGauge age;
    private final MultiGauge success;
    private final MultiGauge size;
    private final MultiGauge previousSize;
    private final MultiGauge recoveryPoint;
    private final MultiGauge drilled;
    private final MultiGauge drillPassed;
    private final MultiGauge drillRecovery;

    RecoveryMetrics(Store store, Clock clock, MeterRegistry registry) {
        this.store = store;
        this.clock = clock;
        Gauges gauges = (name, description) ->
                MultiGauge.builder(name).description(description).register(registry);
        age = gauges.of("pgbosun_backup_age_seconds", "Since the end of the cluster's newest backup.");
        success = gauges.of(
                "pgbosun_backup_last_success_timestamp_seconds", "When the cluster's newest backup of the type ended.");
        size = gauges.of("pgbosun_backup_size_bytes", "Size of the cluster's newest backup of the type.");
        previousSize = gauges.of("pgbosun_backup_previous_size_bytes", "Size of the backup of the type before it.");
        recoveryPoint = gauges.of(
                "pgbosun_recovery_point_age_seconds",
                "Since the start of the cluster's newest backup: what would be lost now.");
        drilled = gauges.of("pgbosun_drill_last_timestamp_seconds", "When the cluster's newest drill ended.");
        drillPassed = gauges.of("pgbosun_drill_last_passed", "1 when the cluster's newest drill passed, else 0.");
        drillRecovery = gauges.of(
                "pgbosun_drill_last_recovery_seconds",
                "From the start of the cluster's newest drill to its first answered query.");
    }

    private interface Gauges {
        MultiGauge of(String name, String description);
    }

    private record Backed(String cluster, String type, Instant start, Instant end, long bytes, Long previous) {
        Tags tags() {
            return Tags.of("cluster", cluster, "type", type);
        }
    }

    void refresh() {
        var backups = store.query(BACKUPS, (Object) TYPES).stream()
                .map(RecoveryMetrics::backed)
                .toList();
        success.register(rows(backups, backup -> backup.end().getEpochSecond()), true);
        size.register(rows(backups, Backed::bytes), true);
        previousSize.register(rows(backups, Backed::previous), true);
        age.register(ages(backups, Backed::end), true);
        recoveryPoint.register(ages(backups, Backed::start), true);
        var drills = store.query(DRILLS);
        drilled.register(
                drills.stream()
                        .map(row -> Row.of(cluster(row), row.time("created_at").getEpochSecond()))
                        .toList(),
                true);
        drillPassed.register(
                drills.stream()
                        .map(row -> Row.of(cluster(row), row.bool("passed") ? 1 : 0))
                        .toList(),
                true);
        drillRecovery.register(
                drills.stream()
                        .filter(row -> row.has("recovery"))
                        .map(row -> Row.of(cluster(row), Double.valueOf(row.text("recovery"))))
                        .toList(),
                true);
    }

    private static Backed backed(io.pgbosun.store.Row row) {
        return new Backed(
                row.text("name"),
                row.text("type"),
                row.time("started_at"),
                row.time("ended_at"),
                row.number("size_bytes"),
                row.has("previous") ? row.number("previous") : null);
    }

    private static List<Row<?>> rows(List<Backed> backups, Function<Backed, Number> value) {
        return backups.stream()
                .filter(backup -> value.apply(backup) != null)
                .<Row<?>>map(backup -> Row.of(backup.tags(), value.apply(backup)))
                .toList();
    }

    /** Of the newest in each cluster, whatever its type; taken when scraped, and so growing when nothing is refreshed. */
    private List<Row<?>> ages(List<Backed> backups, Function<Backed, Instant> since) {
        var newest = new TreeMap<String, Instant>();
        backups.forEach(backup ->
                newest.merge(backup.cluster(), since.apply(backup), (one, other) -> one.isAfter(other) ? one : other));
        return newest.entrySet().stream()
                .<Row<?>>map(entry -> Row.of(Tags.of("cluster", entry.getKey()), entry.getValue(), this::seconds))
                .toList();
    }

    private double seconds(Instant since) {
        return Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
    }

    private static Tags cluster(io.pgbosun.store.Row row) {
        return Tags.of("cluster", row.text("name"));
    }
}
