package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.operation.Checks;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What must be so, and what should, before a standby takes the place of a primary that is down. */
@Singleton
class FailoverChecks {
    private final Topology topology;
    private final Vantages vantages;
    private final Ranking ranking;
    private final PatroniMembers members;

    FailoverChecks(Topology topology, Vantages vantages, Ranking ranking, PatroniMembers members) {
        this.topology = topology;
        this.vantages = vantages;
        this.ranking = ranking;
        this.members = members;
    }

    void check(ClusterRecord cluster, Failover spec, Checks checks) {
        if (cluster.isPatroni()) {
            paused(cluster, checks);
        } else {
            cluster.requireHosts(checks);
            if (!cluster.hasHosts()) {
                return;
            }
        }
        var sightings = topology.look(cluster);
        var primary = vantages.primary(cluster, sightings);
        checks.need(
                "it is known which instance was the primary",
                primary.isPresent(),
                primary.map(InstanceRecord::name).orElse("no standby answers"),
                "one instance",
                "Start a standby, or the primary itself: start-cluster.");
        if (primary.isEmpty()) {
            return;
        }
        down(vantages.look(cluster, primary.get(), sightings), spec, checks);
        var candidates = ranking.of(cluster, primary.get(), sightings);
        standbys(sightings, primary.get(), checks);
        candidate(candidates, spec)
                .ifPresentOrElse(
                        candidate -> loss(candidate, candidates, spec, checks),
                        () -> noCandidate(candidates, spec, checks));
        checks.restsOn("primary", primary.get().name());
    }

    private void paused(ClusterRecord cluster, Checks checks) {
        var paused = members.of(cluster).cluster().paused();
        checks.want(
                "Patroni does not fail over by itself",
                paused,
                paused ? "it is in maintenance mode" : "it does",
                "maintenance mode",
                "Wait for its ttl: it chooses by itself. This is for when it does not.");
    }

    private static void down(List<Vantage> seen, Failover spec, Checks checks) {
        var name = "the primary is down, seen from two places or more, and up from none";
        var value = seen.stream()
                .map(vantage -> vantage.from() + ": " + vantage.sees() + ", " + vantage.detail())
                .collect(Collectors.joining("; "));
        if (spec.force()) {
            checks.want(name, Vantages.down(seen), value, "down from two", "It is stopped first: force was asked for.");
        } else {
            checks.need(
                    name,
                    Vantages.down(seen),
                    value,
                    "down from two",
                    "Use switchover when it is up; force when you know better.");
        }
    }

    private static void standbys(List<Sighting> sightings, InstanceRecord primary, Checks checks) {
        var silent = sightings.stream()
                .filter(sighting -> !sighting.up() && !sighting.instance().equals(primary))
                .map(sighting -> sighting.instance().name())
                .toList();
        checks.want(
                "every standby answers",
                silent.isEmpty(),
                silent.isEmpty() ? "all" : "not: " + silent,
                "all",
                "One that is silent may have received more than those that answer.");
    }

    /** The one that is asked for, or the best. */
    static Optional<Candidate> candidate(List<Candidate> candidates, Failover spec) {
        return candidates.stream()
                .filter(candidate ->
                        spec.candidate() == null || spec.candidate().equals(candidate.instance()))
                .findFirst();
    }

    private static void noCandidate(List<Candidate> candidates, Failover spec, Checks checks) {
        var names = candidates.stream().map(Candidate::instance).toList();
        checks.need(
                "the candidate is a standby that answers",
                false,
                spec.candidate() == null ? "none" : spec.candidate(),
                names.isEmpty() ? "a standby that answers" : "one of " + names,
                "Choose one that answers, or start it.");
    }

    private static void loss(Candidate candidate, List<Candidate> candidates, Failover spec, Checks checks) {
        var best = candidates.getFirst();
        checks.want(
                "the candidate has received most",
                candidate.receivedLsn().equals(best.receivedLsn()) && candidate.timeline() == best.timeline(),
                candidate.instance() + " " + candidate.receivedLsn(),
                best.instance() + " " + best.receivedLsn(),
                "Take " + best.instance() + ": standbys that have more cannot follow one that has less.");
        checks.need(
                "no more is lost than is accepted",
                accepted(candidate, spec),
                loss(candidate),
                "at most " + spec.acceptDataLossUpToBytes() + " bytes",
                candidate.lossBytes() == null
                        ? "Use force when it must be: nobody knows how much it is."
                        : "Start the primary again when that is possible: start-cluster; or accept it: acceptDataLossUpToBytes.");
        checks.restsOn("candidate", candidate.instance());
    }

    static boolean accepted(Candidate candidate, Failover spec) {
        return candidate.lossBytes() == null ? spec.force() : candidate.lossBytes() <= spec.acceptDataLossUpToBytes();
    }

    static String loss(Candidate candidate) {
        var by = " (known by: " + candidate.lossKnownBy() + ")";
        if (candidate.lossBytes() == null) {
            return "unknown" + by;
        }
        var commits = candidate.lossCommits() == null ? "" : " with " + candidate.lossCommits() + " commits";
        return candidate.lossBytes() + " bytes" + commits + by;
    }
}
