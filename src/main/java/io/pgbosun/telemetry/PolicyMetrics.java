package io.pgbosun.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.pgbosun.backup.BackupPolicies;
import io.pgbosun.backup.PolicyStanding;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Gauges of what each backup policy says of each cluster that it covers. A series goes with its policy, with its cluster, and
 * when the one covers the other no more.
 */
@Singleton
class PolicyMetrics {
    /** Of the schedules that are not paused, the one that fires first. */
    private static final String EXPIRIES = """
            select c.name as cluster, s.spec->>'policy' as policy, min(s.due) as due from schedule s
            join cluster c on s.target = 'clusters/' || c.name or c.labels @> s.selector
            where s.kind = 'expire' and not s.paused and s.due is not null group by 1, 2
            """;

    private final BackupPolicies policies;
    private final Store store;
    private final MultiGauge info;
    private final MultiGauge kept;
    private final MultiGauge proven;
    private final MultiGauge keptBytes;
    private final MultiGauge expirable;
    private final MultiGauge success;
    private final MultiGauge expiry;

    PolicyMetrics(BackupPolicies policies, Store store, MeterRegistry registry) {
        this.policies = policies;
        this.store = store;
        info = gauge(
                registry, "info", "1 for each cluster that a backup policy covers: joins other series with policies.");
        kept = gauge(registry, "kept_backups", "Backups of the cluster that the policy keeps.");
        proven = gauge(registry, "proven_backups", "Those of them that a drill has proven.");
        keptBytes = gauge(registry, "kept_size_bytes", "Size of the backups that the policy keeps.");
        expirable = gauge(
                registry, "expirable_backups", "Backups that the policy does not keep, and that are there still.");
        success = gauge(
                registry, "last_success_timestamp_seconds", "When the newest backup that the policy keeps ended.");
        expiry = gauge(
                registry,
                "next_expiry_timestamp_seconds",
                "When a schedule next removes what the policy does not keep.");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder("pgbosun_backup_policy_" + name)
                .description(description)
                .register(registry);
    }

    private record Pair(String cluster, String policy) {
        static Pair of(PolicyStanding standing) {
            return new Pair(standing.cluster(), standing.policy());
        }
    }

    void refresh() {
        var standings = policies.standings();
        var expiries = expiries();
        show(info, standings, standing -> 1);
        show(kept, standings, PolicyStanding::kept);
        show(proven, standings, PolicyStanding::proven);
        show(keptBytes, standings, PolicyStanding::keptBytes);
        show(expirable, standings, PolicyStanding::going);
        show(success, standings, standing -> seconds(standing.newest()));
        show(expiry, standings, standing -> seconds(expiries.get(Pair.of(standing))));
    }

    private Map<Pair, Instant> expiries() {
        var expiries = new HashMap<Pair, Instant>();
        store.query(EXPIRIES)
                .forEach(row -> expiries.put(new Pair(row.text("cluster"), row.text("policy")), row.time("due")));
        return expiries;
    }

    private static Long seconds(Instant at) {
        return at == null ? null : at.getEpochSecond();
    }

    private static void show(MultiGauge gauge, List<PolicyStanding> standings, Function<PolicyStanding, Number> value) {
        gauge.register(
                standings.stream()
                        .filter(standing -> value.apply(standing) != null)
                        .<Row<?>>map(standing -> Row.of(
                                Tags.of("cluster", standing.cluster(), "policy", standing.policy()),
                                value.apply(standing)))
                        .toList(),
                true);
    }
}
