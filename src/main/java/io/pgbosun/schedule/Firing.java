package io.pgbosun.schedule;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.StartOptions;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.schedule.Schedule.MissedRuns;
import io.pgbosun.schedule.Schedule.Overlap;
import io.pgbosun.schedule.ScheduleStore.Due;
import io.pgbosun.schedule.ScheduleStore.Fired;
import io.pgbosun.store.Json;
import io.pgbosun.store.Store;
import io.pgbosun.token.Tokens;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Does what is due: starts the operations, then writes that it did. A service that dies between the two is followed by
 * another one, which starts the same under the same keys, and so finds what was started. So each firing happens once.
 */
@Singleton
class Firing {
    private static final Logger LOG = Logger.getLogger(Firing.class);

    private final ScheduleStore schedules;
    private final Operations operations;
    private final Catalogue catalogue;
    private final ClusterStore clusters;
    private final Tokens tokens;
    private final Store store;
    private final Json json;
    private final AuditTrail audit;
    private final MeterRegistry registry;

    Firing(
            ScheduleStore schedules,
            Operations operations,
            Catalogue catalogue,
            ClusterStore clusters,
            Tokens tokens,
            Store store,
            Json json,
            AuditTrail audit,
            MeterRegistry registry) {
        this.schedules = schedules;
        this.operations = operations;
        this.catalogue = catalogue;
        this.clusters = clusters;
        this.tokens = tokens;
        this.store = store;
        this.json = json;
        this.audit = audit;
        this.registry = registry;
    }

    /** How a firing came out, in this order of what is worth telling. */
    private enum Outcome {
        REFUSED,
        MISSED,
        SKIPPED,
        STARTED
    }

    /** What is started, and what not. */
    private static final class Count {
        final List<UUID> operations = new ArrayList<>();
        final List<String> skipped = new ArrayList<>();
        Problem problem;
        Problem worthATry;
        int started;

        Outcome outcome() {
            return problem != null ? Outcome.REFUSED : started == 0 ? Outcome.SKIPPED : Outcome.STARTED;
        }

        String skip() {
            return skipped.isEmpty() ? null : String.join("; ", skipped);
        }
    }

    /** Fires it, or notes why not. */
    void fire(Due due) {
        var late = due.dueTime().plusSeconds(due.graceSeconds()).isBefore(due.now());
        if (late && due.missedRuns() == MissedRuns.SKIP) {
            var missed = "missed: due at %s, looked at %d s later"
                    .formatted(
                            due.dueTime(),
                            Duration.between(due.dueTime(), due.now()).toSeconds());
            end(due, next(due, due.now().minusSeconds(due.graceSeconds())), new Count(), missed);
            return;
        }
        var count = new Count();
        try {
            start(due, late, count);
        } catch (Problem problem) {
            if (Store.isAway(problem) || (isWorthATry(problem) && !late)) {
                LOG.infof("schedule %s is tried again: %s", due.name(), problem.detail());
                return; // when nobody has taken it any more
            }
            count.problem = problem;
        } catch (RuntimeException e) {
            LOG.errorf(e, "schedule %s", due.name());
            count.problem = Problem.of(
                    ProblemType.BUG, "It could not be started; the service's log tells more of schedule " + due.name());
        }
        // one late run stands for all that were missed
        end(due, next(due, late ? due.now() : due.now().minusSeconds(due.graceSeconds())), count, null);
    }

    private static boolean isWorthATry(Problem problem) {
        return problem.type().retry == ProblemType.Retry.LATER;
    }

    private static Instant next(Due due, Instant earliest) {
        return due.table().after(due.fireTime(), earliest).orElse(null);
    }

    private void start(Due due, boolean late, Count count) {
        var busy = schedules.notEnded(due.operations());
        count.operations.addAll(busy.values());
        var spec = json.load(due.spec(), catalogue.named(due.kind()).spec());
        var caller = new Caller(due.principal(), Channel.SCHEDULE, tokens.grants(due.principal()));
        for (var target : targets(due)) {
            if (due.overlap() == Overlap.SKIP && busy.containsKey(target)) {
                count.skipped.add("%s is still at work on %s".formatted(busy.get(target), target));
            } else {
                start(due, caller, target, spec, count);
            }
        }
        if (count.worthATry != null && !late) {
            throw count.worthATry;
        }
        count.problem = count.problem == null ? count.worthATry : count.problem;
    }

    private List<String> targets(Due due) {
        return due.target() != null
                ? List.of(due.target())
                : clusters.names(due.selector()).stream()
                        .map(name -> Target.cluster(name).toString())
                        .toList();
    }

    private void start(Due due, Caller caller, String target, OperationSpec spec, Count count) {
        try {
            count.operations.add(operations
                    .start(caller, Target.parse(target), spec, options(due, target))
                    .id());
            count.started++;
        } catch (Problem problem) {
            if (Store.isAway(problem)) {
                throw problem;
            }
            if (isWorthATry(problem)) {
                count.worthATry = problem;
            } else if (problem.type()
                    == ProblemType.KEY_REUSED) { // started before, by a service that died before it said so
                count.operations.add(
                        UUID.fromString(String.valueOf(problem.facts().get("operation"))));
                count.started++;
            } else {
                count.problem = count.problem == null ? problem : count.problem;
            }
        }
    }

    private static StartOptions options(Due due, String target) {
        return new StartOptions(
                Schedules.key(due.id(), due.fireTime(), target),
                "schedule %s, %s".formatted(due.name(), due.fireTime()),
                null,
                null,
                null,
                null,
                null);
    }

    private void end(Due due, Instant next, Count count, String missed) {
        var outcome = missed == null ? count.outcome() : Outcome.MISSED;
        var skip = missed == null ? skip(count, outcome) : missed;
        var problem = count.problem == null ? null : ProblemBody.of(count.problem);
        var fired = new Fired(
                next,
                next == null ? null : due.table().due(next),
                outcome == Outcome.STARTED || outcome == Outcome.REFUSED,
                count.operations.stream().distinct().toList(),
                skip,
                problem);
        var first = store.tx(tx -> {
            var written = schedules.fired(tx, due, fired);
            if (written && problem != null) {
                var by = new Caller(due.principal(), Channel.SCHEDULE, List.of());
                var details = Map.of("type", problem.type(), "why", problem.detail());
                audit.write(tx, by, "schedule.refused", Schedules.path(due.name()), null, details);
            }
            return written;
        });
        if (first) {
            registry.counter(
                            "pgbosun_schedule_firings",
                            "outcome",
                            outcome.name().toLowerCase(java.util.Locale.ROOT))
                    .increment();
        }
    }

    private static String skip(Count count, Outcome outcome) {
        return count.skipped.isEmpty() && outcome == Outcome.SKIPPED
                ? "no cluster has the labels of its selector"
                : count.skip();
    }
}
