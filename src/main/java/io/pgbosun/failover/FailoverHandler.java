package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.Failover.FailoverResult;
import io.pgbosun.failover.PrimaryChange.Phase;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

@Singleton
class FailoverHandler implements OperationHandler<Failover, FailoverResult> {
    private static final double MILLIS = 1000.0;

    private final ClusterStore clusters;
    private final Topology topology;
    private final FailoverChecks checked;
    private final Vantages vantages;
    private final Ranking ranking;
    private final Followers followers;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final ClusterPoolers poolers;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    FailoverHandler(
            ClusterStore clusters,
            Topology topology,
            FailoverChecks checked,
            Vantages vantages,
            Ranking ranking,
            Followers followers,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            ClusterPoolers poolers,
            PgPrograms programs,
            Servers servers,
            Clock clock) {
        this.clusters = clusters;
        this.topology = topology;
        this.checked = checked;
        this.vantages = vantages;
        this.ranking = ranking;
        this.followers = followers;
        this.changes = changes;
        this.primaries = primaries;
        this.poolers = poolers;
        this.programs = programs;
        this.servers = servers;
        this.clock = clock;
    }

    /**
     * What was seen before anything was done.
     *
     * @param ran whether the old primary's process was there
     * @param reachable whether its data directory is there, so that it can be told to take no writes
     */
    record Seen(
            InstanceRecord primary,
            boolean ran,
            boolean reachable,
            List<Vantage> evidence,
            List<String> poolers,
            Instant at) {}

    /** Who takes its place, when it can write nothing more. */
    record Chosen(InstanceRecord to, Candidate loss, List<Candidate> ranked, List<InstanceRecord> others) {}

    @Override
    public void check(Target target, Failover spec, Checks checks) {
        checked.check(clusters.get(target.id()), spec, checks);
    }

    @Override
    public FailoverResult run(Target target, Failover spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var seen = steps.get("look at the primary from everywhere", Seen.class, () -> look(cluster, spec));
        stop(steps, seen);
        var chosen = steps.get("rank the standbys", Chosen.class, () -> choose(cluster, seen, spec));
        var to = chosen.to();
        var primary = servers.at(cluster.endpoint(to));
        var login = followers.login(steps, to);
        keepFromWriting(steps, seen, to, login);
        for (var follower : all(chosen, seen)) {
            followers.reserveSlot(steps, follower, to, primary);
        }
        var fenced = steps.get("note when the old primary was fenced", Instant.class, clock::instant);
        followers.promote(steps, to, primary);
        poolers.lead(steps, target.id(), seen.poolers(), to.name(), cluster.endpoint(to));
        steps.act(
                "prove that " + to.name() + " takes writes",
                () -> primary.createRestorePoint("failover " + steps.operation()));
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        follow(steps, cluster, chosen, login, primary);
        var timeline = followers.checkpoint(steps, to, primary);
        steps.act("remember where " + to.name() + " is", () -> primaries.saw(target.id(), to.name(), primary.facts()));
        var done = steps.get("note the end", Instant.class, clock::instant);
        var change = change(target.id(), steps, seen, chosen, timeline, List.of(seen.at(), fenced, took, done));
        steps.ensure("record it in the history", () -> changes.has(steps.operation()), () -> changes.put(change));
        steps.warn("%s is kept from taking writes; make it a standby again with rejoin."
                .formatted(seen.primary().name()));
        return new FailoverResult(
                seen.primary().name(), to.name(), timeline, chosen.loss().lossBytes(), seconds(seen.at(), took));
    }

    private Seen look(ClusterRecord cluster, Failover spec) {
        var sightings = topology.look(cluster);
        var primary = vantages.primary(cluster, sightings)
                .orElseThrow(
                        () -> Problem.notPossible("No standby answers that could tell which instance was primary."));
        var evidence = vantages.look(primary, sightings);
        if (!Vantages.down(evidence) && !spec.force()) {
            throw Problem.notPossible(
                    "The primary %s is not down as seen from two places: %s".formatted(primary.name(), evidence));
        }
        var directory = Path.of(primary.dataDirectory());
        return new Seen(
                primary,
                programs.running(directory),
                programs.initialized(directory),
                evidence,
                poolers.names(cluster.cluster().name()),
                clock.instant());
    }

    /** From here on it writes nothing; what ran before runs again when nothing comes of it. */
    private void stop(Steps steps, Seen seen) {
        var directory = Path.of(seen.primary().dataDirectory());
        steps.act("end what is left of " + seen.primary().name(), () -> programs.halt(directory), () -> {
            if (seen.ran()) {
                programs.start(directory);
            }
        });
    }

    private Chosen choose(ClusterRecord cluster, Seen seen, Failover spec) {
        var sightings = topology.look(cluster);
        var ranked = ranking.of(cluster, seen.primary(), sightings);
        var best = FailoverChecks.candidate(ranked, spec)
                .orElseThrow(() -> Problem.notPossible("No standby can take the primary's place."));
        if (!FailoverChecks.accepted(best, spec)) {
            throw Problem.notPossible("With %s would be lost: %s; accepted are %d bytes."
                    .formatted(best.instance(), FailoverChecks.loss(best), spec.acceptDataLossUpToBytes()));
        }
        var to = sightings.stream()
                .map(Sighting::instance)
                .filter(instance -> instance.name().equals(best.instance()))
                .findFirst()
                .orElseThrow();
        var others = sightings.stream()
                .filter(Sighting::standby)
                .map(Sighting::instance)
                .filter(instance -> !instance.equals(to) && !instance.equals(seen.primary()))
                .toList();
        return new Chosen(to, best, ranked, others);
    }

    /** A server that comes up as a standby takes no writes, whoever starts it. */
    private void keepFromWriting(Steps steps, Seen seen, InstanceRecord to, Endpoint login) {
        var old = seen.primary();
        var directory = Path.of(old.dataDirectory());
        if (!seen.reachable()) {
            steps.warn("The data directory of %s cannot be reached: it is not kept from taking writes where it is."
                    .formatted(old.name()));
            return;
        }
        steps.ensure(
                "keep " + old.name() + " from taking writes",
                () -> programs.comesUpAsStandby(directory),
                () -> programs.followPrimary(directory, Followers.at(to, login), old.slot(), old.name()),
                () -> programs.standAlone(directory));
    }

    private static List<InstanceRecord> all(Chosen chosen, Seen seen) {
        return Stream.concat(chosen.others().stream(), Stream.of(seen.primary()))
                .toList();
    }

    private void follow(Steps steps, ClusterRecord cluster, Chosen chosen, Endpoint login, Server primary) {
        for (var follower : chosen.others()) {
            followers.haveFollow(steps, follower, chosen.to(), login);
            followers.reload(steps, follower, servers.at(cluster.endpoint(follower)));
        }
        for (var follower : chosen.others()) {
            followers.streams(steps, follower, primary);
        }
    }

    private static PrimaryChange change(
            String cluster, Steps steps, Seen seen, Chosen chosen, int timeline, List<Instant> times) {
        var phases = List.of(
                new Phase("fence the old primary", seconds(times.get(0), times.get(1))),
                new Phase("promote", seconds(times.get(1), times.get(2))),
                new Phase("have the others follow", seconds(times.get(2), times.get(3))));
        return new PrimaryChange(
                steps.operation(),
                cluster,
                PrimaryChange.Kind.FAILOVER,
                null,
                null,
                seen.primary().name(),
                chosen.to().name(),
                timeline,
                times.get(2),
                seen.evidence(),
                chosen.ranked(),
                phases,
                chosen.loss().lossBytes(),
                null,
                null);
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / MILLIS;
    }
}
