package io.pgbosun.failover;

import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.failover.FailoverChoice.Chosen;
import io.pgbosun.failover.FailoverChoice.OnHost;
import io.pgbosun.failover.FailoverChoice.Seen;
import io.pgbosun.failover.FailoverDrill.FailoverCost;
import io.pgbosun.failover.FailoverRunbook.Led;
import io.pgbosun.failover.PrimaryChange.Phase;
import io.pgbosun.failover.RehearsalServers.Made;
import io.pgbosun.failover.RehearsalServers.Places;
import io.pgbosun.failover.RunFailoverDrill.RunFailoverDrillResult;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Servers;
import io.pgbosun.host.WriteProbe;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Wait;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

@Singleton
class RunFailoverDrillHandler implements OperationHandler<RunFailoverDrill, RunFailoverDrillResult> {
    /** Whatever is lost is what a drill is there to find out. */
    private static final Failover ANY_LOSS = new Failover(null, Long.MAX_VALUE, false);

    private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

    private final RehearsalServers rehearsal;
    private final FailoverRunbook runbook;
    private final FailoverDrillStore drills;
    private final WriteProbe probe;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    RunFailoverDrillHandler(
            RehearsalServers rehearsal,
            FailoverRunbook runbook,
            FailoverDrillStore drills,
            WriteProbe probe,
            PgPrograms programs,
            Servers servers,
            Clock clock) {
        this.rehearsal = rehearsal;
        this.runbook = runbook;
        this.drills = drills;
        this.probe = probe;
        this.programs = programs;
        this.servers = servers;
        this.clock = clock;
    }

    /** What the old primary acknowledged until it was killed, and what its standby had to receive then. */
    record Written(long rows, Instant last, long lagBytes, Instant killed) {}

    /** All that was measured; {@code kept} rows are on the new primary. */
    private record Measured(Made made, Written written, Led led, Instant took, int timeline, long kept) {}

    @Override
    public void check(Target target, RunFailoverDrill spec, Checks checks) {
        rehearsal.check(target.id(), checks);
    }

    @Override
    public RunFailoverDrillResult run(Target target, RunFailoverDrill spec, Steps steps) {
        var places = steps.get("choose the backup and places", Places.class, () -> rehearsal.choose(target.id()));
        var measured = measured(target, spec, steps, places);
        rehearsal.remove(steps, places);
        var drill = steps.get("sum up", FailoverDrill.class, () -> sumUp(target, spec, steps, places, measured));
        steps.act("record the drill", () -> drills.put(drill));
        if (!drill.passed()) {
            throw Problem.of(ProblemType.ASSERTION_FAILED, String.join(" ", drill.unmet()));
        }
        return new RunFailoverDrillResult(drill);
    }

    /** That a copy cannot be failed over is what a drill is there to find out: it is recorded, unless somebody stopped it. */
    private Measured measured(Target target, RunFailoverDrill spec, Steps steps, Places places) {
        try {
            return measure(spec, steps, places);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.CANCELLED) {
                drills.putFailed(failed(target, steps, places, problem));
            }
            throw problem;
        }
    }

    private Measured measure(RunFailoverDrill spec, Steps steps, Places places) {
        var made = rehearsal.make(steps, places, spec.synchronous());
        var cluster = places.cluster();
        var standby = cluster.endpoint(places.standby());
        var written = steps.act(
                "write to drill-1, and kill it",
                Written.class,
                new Written(0, made.streaming(), 0, made.streaming()),
                () -> write(spec, places, standby));
        var copied = new Rehearsal(steps, planned(places, standby));
        var led = runbook.promote(copied, cluster, ANY_LOSS);
        var took = steps.act("write to drill-2", Instant.class, written.killed(), () -> {
            probe.writeOne(standby);
            return clock.instant();
        });
        var timeline = runbook.follow(copied, cluster, led);
        var kept = steps.get(
                "count the rows that are left", Long.class, written.rows(), () -> probe.count(standby, written.rows()));
        return new Measured(made, written, led, took, timeline, kept);
    }

    /** May be done again: then the killed primary is started again first, and its standby follows it. */
    private Written write(RunFailoverDrill spec, Places places, Endpoint standby) {
        var directory = Path.of(places.copy().directory());
        var login = places.copy().endpoint();
        var primary = servers.at(login);
        programs.start(directory);
        Wait.until(
                "drill-2 streams",
                STREAMING_WITHIN,
                () -> primary.streamsTo(places.standby().name()));
        var lag = new AtomicLong();
        var acknowledged = probe.write(login, Duration.ofSeconds(spec.writeSeconds()), () -> {
            var received = servers.at(standby).facts().writeLsn();
            lag.set(Math.max(0, primary.facts().writeLsn().bytesSince(received)));
            programs.halt(directory);
        });
        return new Written(acknowledged.rows(), acknowledged.last(), lag.get(), clock.instant());
    }

    /** What a preview goes on with, for there are no servers yet. */
    private static Map<Class<?>, Object> planned(Places places, Endpoint standby) {
        InstanceRecord to = places.standby();
        var start = places.copy().startTime();
        var loss = new Candidate(to.name(), "0/0", 1, null, 0L, 0L, 0.0, "nothing");
        return Map.of(
                Seen.class,
                new Seen(places.primary(), new OnHost(true, false, true), List.of(), List.of(), start),
                Chosen.class,
                new Chosen(to, loss, List.of(loss), List.of()),
                Endpoint.class,
                standby,
                Instant.class,
                start);
    }

    private FailoverDrill sumUp(Target target, RunFailoverDrill spec, Steps steps, Places places, Measured measured) {
        var written = measured.written();
        var chosen = measured.led().chosen();
        var start = places.copy().startTime();
        var end = clock.instant();
        var cost = new FailoverCost(
                FailoverChoice.seconds(start, measured.made().restored()),
                FailoverChoice.seconds(written.last(), measured.took()),
                written.rows(),
                written.rows() - measured.kept(),
                chosen.loss().lossBytes(),
                written.lagBytes(),
                measured.timeline());
        var unmet = unmet(spec, cost);
        return new FailoverDrill(
                steps.operation(),
                target.id(),
                places.copy().backup(),
                unmet.isEmpty(),
                unmet,
                null,
                cost,
                measured.led().seen().evidence(),
                chosen.ranked(),
                phases(start, measured, end),
                start,
                end);
    }

    private static List<Phase> phases(Instant start, Measured measured, Instant end) {
        var restored = measured.made().restored();
        var streaming = measured.made().streaming();
        var killed = measured.written().killed();
        var fenced = measured.led().fenced();
        return List.of(
                new Phase("restore the backup", FailoverChoice.seconds(start, restored)),
                new Phase("make a standby of it", FailoverChoice.seconds(restored, streaming)),
                new Phase("write to the primary, and kill it", FailoverChoice.seconds(streaming, killed)),
                new Phase("fence the old primary", FailoverChoice.seconds(killed, fenced)),
                new Phase("promote", FailoverChoice.seconds(fenced, measured.took())),
                new Phase("count and clean up", FailoverChoice.seconds(measured.took(), end)));
    }

    private static List<String> unmet(RunFailoverDrill spec, FailoverCost cost) {
        var unmet = new ArrayList<String>();
        if (spec.maxWithoutWritesSeconds() != null && cost.withoutWritesSeconds() > spec.maxWithoutWritesSeconds()) {
            unmet.add(String.format(
                    Locale.ROOT,
                    "No write was taken for %.3f s, and at most %s s are allowed.",
                    cost.withoutWritesSeconds(),
                    spec.maxWithoutWritesSeconds()));
        }
        if (spec.maxLostRows() != null && cost.lostRows() > spec.maxLostRows()) {
            unmet.add("%d of %d acknowledged rows are lost, and at most %d are allowed."
                    .formatted(cost.lostRows(), cost.acknowledgedRows(), spec.maxLostRows()));
        }
        return unmet;
    }

    private FailoverDrill failed(Target target, Steps steps, Places places, Problem why) {
        return new FailoverDrill(
                steps.operation(),
                target.id(),
                places.copy().backup(),
                false,
                List.of(),
                why.detail(),
                null,
                List.of(),
                List.of(),
                List.of(),
                places.copy().startTime(),
                clock.instant());
    }
}
