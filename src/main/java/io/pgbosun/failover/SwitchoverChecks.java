package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerActivity;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What must be so, and what should, before a primary gives its place to a standby. */
@Singleton
class SwitchoverChecks {
    /** An older transaction that has written something is likely a job that somebody waits for. */
    private static final double LONG_WRITE_SECONDS = 60;

    /** So long the lag is watched to see where it tends. */
    private static final Duration TREND = Duration.ofSeconds(1);

    private final Topology topology;
    private final Servers servers;
    private final Followers followers;
    private final ClusterPoolers poolers;

    SwitchoverChecks(Topology topology, Servers servers, Followers followers, ClusterPoolers poolers) {
        this.topology = topology;
        this.servers = servers;
        this.followers = followers;
        this.poolers = poolers;
    }

    /** Who gives its place to whom, and who else follows the primary; decided once. */
    record Chosen(
            InstanceRecord primary,
            InstanceRecord candidate,
            List<InstanceRecord> others,
            List<InstanceRecord> absent,
            List<String> poolers) {}

    void check(ClusterRecord cluster, Switchover spec, Checks checks) {
        if (!cluster.isPatroni()) {
            cluster.requireHosts(checks);
        }
        var endpoint = topology.primaryEndpoint(cluster);
        var primary = servers.at(endpoint);
        var sightings = topology.look(cluster);
        instances(sightings, checks);
        candidate(primary, sightings, spec)
                .ifPresentOrElse(
                        candidate -> lag(candidate, primary, spec, checks), () -> noCandidate(sightings, spec, checks));
        poolers.check(cluster.cluster().name(), endpoint, checks);
        activity(cluster, primary.activity(), checks);
        var failing = primary.archiver().failing();
        checks.want(
                "archiving works",
                !failing,
                failing ? "failing" : "yes",
                "no failure since the last success",
                "Mend it first: WAL that is not archived when the primary stops may be missing in the archive.");
    }

    private static void instances(List<Sighting> sightings, Checks checks) {
        var down = sightings.stream()
                .filter(sighting -> !sighting.up())
                .map(sighting -> sighting.instance().name())
                .toList();
        checks.want(
                "every instance answers",
                down.isEmpty(),
                down.isEmpty() ? "all" : "not: " + down,
                "all",
                "It will not follow the new primary before it is back: repair it first.");
    }

    /** The one that is asked for, or of those that stream the one that has received most. */
    private static Optional<Sighting> candidate(Server primary, List<Sighting> sightings, Switchover spec) {
        return sightings.stream()
                .filter(Sighting::standby)
                .filter(sighting -> spec.candidate() == null
                        || spec.candidate().equals(sighting.instance().name()))
                .max(Comparator.comparing((Sighting sighting) ->
                                primary.streamsTo(sighting.instance().name()))
                        .thenComparing(sighting -> sighting.facts().writeLsn()));
    }

    Chosen choose(ClusterRecord cluster, Switchover spec) {
        var sightings = topology.look(cluster);
        var primary = sightings.stream()
                .filter(Topology.Sighting::primary)
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("No primary answers."));
        var candidate = candidate(topology.server(primary), sightings, spec)
                .orElseThrow(() -> Problem.notPossible("No standby can take the primary's place."))
                .instance();
        var others = sightings.stream()
                .filter(sighting -> !sighting.instance().equals(primary.instance())
                        && !sighting.instance().equals(candidate)
                        && (cluster.isPatroni() || isLed(sighting.instance(), primary.instance())))
                .collect(Collectors.partitioningBy(
                        Topology.Sighting::up, Collectors.mapping(Topology.Sighting::instance, Collectors.toList())));
        return new Chosen(
                primary.instance(),
                candidate,
                others.get(true),
                others.get(false),
                poolers.names(cluster.cluster().name()));
    }

    /** Cascading standbys go on following the one that they follow. */
    private boolean isLed(InstanceRecord instance, InstanceRecord primary) {
        return !followers.of(primary, List.of(instance)).isEmpty();
    }

    private static void noCandidate(List<Sighting> sightings, Switchover spec, Checks checks) {
        var standbys = sightings.stream()
                .filter(Sighting::standby)
                .map(sighting -> sighting.instance().name())
                .toList();
        checks.need(
                "the candidate is a standby that answers",
                false,
                spec.candidate() == null ? "none" : spec.candidate(),
                standbys.isEmpty() ? "a standby that answers" : "one of " + standbys,
                "Choose one that answers, or start it.");
    }

    private void lag(Sighting candidate, Server primary, Switchover spec, Checks checks) {
        var name = candidate.instance().name();
        var streams = primary.streamsTo(name);
        checks.need(
                "the candidate streams from the primary",
                streams,
                streams ? name + " streams" : name + " does not",
                "streaming",
                "See its log for what keeps it from the primary.");
        var facts = primary.facts();
        checks.need(
                "the candidate is on the primary's timeline",
                candidate.facts().timeline() == facts.timeline(),
                candidate.facts().timeline(),
                String.valueOf(facts.timeline()),
                "Build it anew from the primary.");
        var behind = Math.max(0, facts.writeLsn().bytesSince(candidate.facts().replayLsn()));
        checks.want(
                "the candidate has little to replay",
                behind <= spec.maxLagBytes(),
                behind + " bytes",
                "at most " + spec.maxLagBytes() + " bytes",
                "It is waited for before the primary is stopped, for at most five minutes.");
        if (behind > spec.maxLagBytes()) {
            trend(behind, primary, servers.at(candidate.endpoint()), checks);
        }
        checks.restsOn("candidate", name);
        checks.restsOn("timeline", facts.timeline());
    }

    /** One that falls further behind is waited for in vain. */
    private static void trend(long behind, Server primary, Server candidate, Checks checks) {
        pause();
        var now = Math.max(
                0, primary.facts().writeLsn().bytesSince(candidate.facts().replayLsn()));
        checks.want(
                "the candidate catches up",
                now < behind,
                "from %d to %d bytes behind in %d s".formatted(behind, now, TREND.toSeconds()),
                "less and less behind",
                "See what holds its replay up: a long query there, its disk, or a burst of writes at the primary.");
    }

    private static void pause() {
        try {
            Thread.sleep(TREND);
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    /** Patroni sets {@code synchronous_standby_names} by itself, so the names are its own. */
    private static void activity(ClusterRecord cluster, ServerActivity activity, Checks checks) {
        checks.need(
                "no base backup is taken from the primary",
                activity.baseBackups() == 0,
                activity.baseBackups(),
                "0",
                "Wait until it has ended: a stop would end it.");
        checks.want(
                "no transaction writes for long",
                activity.longestWriteSeconds() <= LONG_WRITE_SECONDS,
                Math.round(activity.longestWriteSeconds()) + " s",
                "at most " + Math.round(LONG_WRITE_SECONDS) + " s",
                "It is rolled back when the primary stops: let it end first.");
        checks.want(
                "no transaction is prepared",
                activity.preparedTransactions() == 0,
                activity.preparedTransactions(),
                "0",
                "It stays prepared at the new primary, where it must be ended.");
        if (!cluster.isPatroni()) {
            names(cluster, activity.synchronousStandbyNames(), checks);
        }
    }

    private static void names(ClusterRecord cluster, String names, Checks checks) {
        var good = names.isEmpty()
                || cluster.instances().stream().allMatch(instance -> names.contains("\"" + instance.name() + "\""));
        checks.want(
                "commits wait for no standby, or for any instance",
                good,
                names.isEmpty() ? "none" : names,
                "no synchronous_standby_names, or every instance in them",
                "Name all of them, on each instance: configure-replication.");
    }
}
