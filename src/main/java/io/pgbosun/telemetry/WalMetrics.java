package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.backup.ArchiveStatus.ArchivingState;
import io.pgbosun.backup.WalArchiving;
import io.pgbosun.backup.WalArchiving.Health;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Gauges of how the archiving of each cluster's WAL goes, and how many holes there are in what can be recovered. What only
 * the primary knows is left out while it does not answer.
 */
@Singleton
class WalMetrics {
    private final WalArchiving archiving;
    private final Survey<Optional<Health>> survey = new Survey<>();
    private final MultiGauge lagBytes;
    private final MultiGauge lagSeconds;
    private final MultiGauge ready;
    private final MultiGauge failures;
    private final MultiGauge failing;
    private final MultiGauge holes;

    WalMetrics(WalArchiving archiving, MeterRegistry registry) {
        this.archiving = archiving;
        lagBytes = gauge(registry, "pgbosun_wal_archive_lag_bytes", "WAL that is written and not archived, in bytes.");
        lagSeconds = gauge(
                registry,
                "pgbosun_wal_archive_lag_seconds",
                "Since the last archived commit; 0 while every transaction is archived.");
        ready = gauge(registry, "pgbosun_wal_archive_ready_segments", "Segments that wait to be archived.");
        failures = gauge(registry, "pgbosun_wal_archive_failures", "How often archive_command has failed.");
        failing = gauge(registry, "pgbosun_wal_archive_failing", "1 when the newest try to archive failed, else 0.");
        holes = gauge(
                registry,
                "pgbosun_wal_archive_holes",
                "Holes in the archived WAL since the oldest backup that recovery can begin from.");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void refresh() throws InterruptedException {
        var found = new TreeMap<String, Health>();
        survey.ask(archiving.archiving(), archiving::health)
                .forEach((cluster, health) ->
                        health.flatMap(Function.identity()).ifPresent(told -> found.put(cluster, told)));
        show(found);
    }

    void show(Map<String, Health> found) {
        show(
                lagBytes,
                found,
                health -> current(health) ? health.status().current().lagBytes() : null);
        show(
                lagSeconds,
                found,
                health -> current(health) ? health.status().current().rpoSeconds() : null);
        show(ready, found, health -> health.status().readyCount());
        show(failures, found, health -> health.status().failedCount());
        show(failing, found, WalMetrics::failing);
        show(holes, found, Health::holes);
    }

    private static boolean current(Health health) {
        return health.status().current() != null;
    }

    private static Integer failing(Health health) {
        var state = health.status().state();
        return state == ArchivingState.UNKNOWN ? null : Integer.valueOf(state == ArchivingState.FAILING ? 1 : 0);
    }

    private static void show(MultiGauge gauge, Map<String, Health> found, Function<Health, Number> value) {
        gauge.register(
                found.entrySet().stream()
                        .filter(entry -> value.apply(entry.getValue()) != null)
                        .<Row<?>>map(entry -> Row.of(Tags.of("cluster", entry.getKey()), value.apply(entry.getValue())))
                        .toList(),
                true);
    }
}
