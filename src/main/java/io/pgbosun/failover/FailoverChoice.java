package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.PrimaryChange.Phase;
import io.pgbosun.operation.Steps;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a failover rests on, whoever carries it out: what is seen of the old primary, and which standby is best. */
@Singleton
class FailoverChoice {
    private static final double MILLIS = 1000.0;

    private final Topology topology;
    private final Vantages vantages;
    private final Ranking ranking;
    private final Followers followers;
    private final ClusterPoolers poolers;
    private final PgHosts hosts;
    private final Clock clock;

    FailoverChoice(
            Topology topology,
            Vantages vantages,
            Ranking ranking,
            Followers followers,
            ClusterPoolers poolers,
            PgHosts hosts,
            Clock clock) {
        this.topology = topology;
        this.vantages = vantages;
        this.ranking = ranking;
        this.followers = followers;
        this.poolers = poolers;
        this.hosts = hosts;
        this.clock = clock;
    }

    /**
     * What was seen before anything was done.
     *
     * @param host what is seen there of the old primary
     */
    record Seen(InstanceRecord primary, OnHost host, List<Vantage> evidence, List<String> poolers, Instant at) {}

    /**
     * What is seen on the host of the old primary.
     *
     * @param answers whether the host does; else nothing can be done there
     * @param ran whether the primary's process was there
     * @param data whether its data directory is there, so that it can be told to take no writes
     */
    record OnHost(boolean answers, boolean ran, boolean data) {}

    /** Who takes its place, when it can write nothing more. */
    record Chosen(InstanceRecord to, Candidate loss, List<Candidate> ranked, List<InstanceRecord> others) {}

    Seen look(ClusterRecord cluster, Failover spec) {
        var sightings = topology.look(cluster);
        var primary = vantages.primary(cluster, sightings)
                .orElseThrow(
                        () -> Problem.notPossible("No standby answers that could tell which instance was primary."));
        var evidence = vantages.look(cluster, primary, sightings);
        if (!Vantages.down(evidence) && !spec.force()) {
            throw Problem.notPossible(
                    "The primary %s is not down as seen from two places: %s".formatted(primary.name(), evidence));
        }
        return new Seen(
                primary,
                onHost(primary),
                evidence,
                poolers.names(cluster.cluster().name()),
                clock.instant());
    }

    private OnHost onHost(InstanceRecord primary) {
        if (primary.host() == null) {
            return new OnHost(false, false, false);
        }
        try {
            var programs = hosts.of(primary);
            return new OnHost(true, programs.running(primary.directory()), programs.initialized(primary.directory()));
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE) {
                throw problem;
            }
            return new OnHost(false, false, false);
        }
    }

    Chosen choose(ClusterRecord cluster, Seen seen, Failover spec) {
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
        var led = cluster.isPatroni() ? others : followers.of(seen.primary(), others);
        return new Chosen(to, best, ranked, led);
    }

    static PrimaryChange change(
            String cluster, Steps steps, Seen seen, Chosen chosen, int timeline, List<Instant> times) {
        var phases = List.of(
                new Phase("fence the old primary", seconds(times.get(0), times.get(1))),
                new Phase("promote", seconds(times.get(1), times.get(2))),
                new Phase("have the others follow", seconds(times.get(2), times.get(3))));
        return new PrimaryChange(
                steps.operation(),
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
