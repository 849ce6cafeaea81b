package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.Vantage.Sees;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.Servers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Looks at a primary from everywhere: from here, from its standbys, on its host or by its Patroni. One place alone cannot tell a dead
 * primary from a broken wire.
 */
@Singleton
class Vantages {
    private static final int ENOUGH = 2;
    /** The receiver asks for a sign of life after half of its timeout, which then takes a moment. */
    private static final double ANSWER_SECONDS = 2;

    private final Servers servers;
    private final PgHosts hosts;
    private final PatroniMembers members;
    private final PrimarySightings primaries;

    Vantages(Servers servers, PgHosts hosts, PatroniMembers members, PrimarySightings primaries) {
        this.servers = servers;
        this.hosts = hosts;
        this.members = members;
        this.primaries = primaries;
    }

    /** The instance that is primary, or that the standbys followed last; empty when nobody knows. */
    Optional<InstanceRecord> primary(ClusterRecord cluster, List<Sighting> sightings) {
        var answering = sightings.stream().filter(Sighting::primary).toList();
        if (answering.size() > 1) {
            throw Problem.notPossible(
                    "Cluster '%s' has %d primaries; resolve that first: rejoin the one on the older timeline."
                            .formatted(cluster.cluster().name(), answering.size()));
        }
        if (!answering.isEmpty()) {
            return Optional.of(answering.getFirst().instance());
        }
        if (cluster.isPatroni()) {
            return primaries
                    .last(cluster.cluster().name())
                    .flatMap(last -> cluster.instance(last.instance()))
                    .filter(last -> !saysStandby(last, sightings))
                    .or(() -> onlyOther(sightings));
        }
        return sightings.stream()
                .filter(Sighting::standby)
                .flatMap(standby -> followed(cluster, standby.instance(), sightings).stream())
                .findFirst();
    }

    /** The one that is no standby. */
    private static Optional<InstanceRecord> onlyOther(List<Sighting> sightings) {
        var others = sightings.stream().filter(sighting -> !sighting.standby()).toList();
        return others.size() == 1 ? Optional.of(others.getFirst().instance()) : Optional.empty();
    }

    /** The instance at the top: a cascading standby follows one that follows another. */
    private Optional<InstanceRecord> followed(ClusterRecord cluster, InstanceRecord standby, List<Sighting> sightings) {
        var upstream = upstream(cluster, standby);
        for (var steps = 0;
                steps < sightings.size()
                        && upstream.filter(up -> isStandby(up, sightings)).isPresent();
                steps++) {
            upstream = upstream.flatMap(between -> upstream(cluster, between));
        }
        return upstream;
    }

    private Optional<InstanceRecord> upstream(ClusterRecord cluster, InstanceRecord standby) {
        return onHostOf(standby, programs -> programs.upstream(standby.directory()))
                .flatMap(upstream -> cluster.instances().stream()
                        .filter(instance -> instance.port() == upstream.port()
                                && instance.address().equals(upstream.address()))
                        .findFirst());
    }

    /** As it says itself, or its files do when it does not answer. */
    private boolean isStandby(InstanceRecord instance, List<Sighting> sightings) {
        return saysStandby(instance, sightings)
                || onHostOf(
                                instance,
                                programs -> programs.initialized(instance.directory())
                                        && programs.comesUpAsStandby(instance.directory()))
                        .orElse(false);
    }

    private static boolean saysStandby(InstanceRecord instance, List<Sighting> sightings) {
        return sightings.stream()
                .anyMatch(sighting -> sighting.standby() && sighting.instance().equals(instance));
    }

    /** Empty when its host does not answer: another one may know. */
    private <T> Optional<T> onHostOf(InstanceRecord instance, Function<HostPrograms, T> question) {
        try {
            return Optional.of(question.apply(hosts.of(instance)));
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE) {
                throw problem;
            }
            return Optional.empty();
        }
    }

    List<Vantage> look(ClusterRecord cluster, InstanceRecord primary, List<Sighting> sightings) {
        var bySelf = sightings.stream().collect(Collectors.toMap(Sighting::instance, Function.identity()));
        var seen = new ArrayList<>(Topology.each(
                cluster,
                instance ->
                        instance.equals(primary) ? fromHere(bySelf.get(instance)) : fromStandby(bySelf.get(instance))));
        if (primary.host() != null) {
            seen.add(onHost(primary));
        }
        if (cluster.isPatroni()) {
            seen.add(fromPatroni(cluster, primary));
        }
        return seen;
    }

    static boolean down(List<Vantage> seen) {
        return seen.stream().noneMatch(vantage -> vantage.sees() == Sees.UP)
                && seen.stream().filter(vantage -> vantage.sees() == Sees.DOWN).count() >= ENOUGH;
    }

    private static Vantage fromHere(Sighting primary) {
        if (primary.up()) {
            return new Vantage("service", Sees.UP, "it answers");
        }
        var away = primary.problem().type() == ProblemType.UNREACHABLE;
        return new Vantage(
                "service", away ? Sees.DOWN : Sees.UNKNOWN, primary.problem().detail());
    }

    private Vantage fromStandby(Sighting standby) {
        var name = standby.instance().name();
        if (!standby.up()) {
            return new Vantage(name, Sees.UNKNOWN, "it does not answer itself");
        }
        try {
            return servers.at(standby.endpoint())
                    .walReceiver()
                    .map(receiver -> {
                        var fresh = receiver.silentSeconds() <= receiver.timeoutSeconds() / 2 + ANSWER_SECONDS;
                        return new Vantage(
                                name,
                                receiver.streaming() && fresh ? Sees.UP : Sees.DOWN,
                                String.format(
                                        Locale.ROOT,
                                        "the primary sent something %.1f s ago",
                                        receiver.silentSeconds()));
                    })
                    .orElseGet(() -> new Vantage(name, Sees.DOWN, "it receives no WAL"));
        } catch (Problem problem) {
            return new Vantage(name, Sees.UNKNOWN, problem.detail());
        }
    }

    /** A key that is held may be of one that died a moment ago. */
    private Vantage fromPatroni(ClusterRecord cluster, InstanceRecord primary) {
        try {
            return members.of(cluster)
                    .cluster()
                    .leader()
                    .map(leader -> {
                        var held = PatroniMembers.instance(cluster, leader)
                                .filter(primary::equals)
                                .isPresent();
                        return new Vantage(
                                "patroni", held ? Sees.UP : Sees.DOWN, leader.name() + " holds the leader key");
                    })
                    .orElseGet(() -> new Vantage("patroni", Sees.DOWN, "nobody holds the leader key"));
        } catch (Problem problem) {
            return new Vantage("patroni", Sees.UNKNOWN, problem.detail());
        }
    }

    /** A process that is there may stand still: it is no proof that the primary is up. */
    private Vantage onHost(InstanceRecord primary) {
        var from = "host " + primary.host();
        try {
            return hosts.of(primary).running(primary.directory())
                    ? new Vantage(from, Sees.UNKNOWN, "its process is there")
                    : new Vantage(from, Sees.DOWN, "no process of it is there");
        } catch (Problem problem) {
            return new Vantage(from, Sees.UNKNOWN, problem.detail());
        }
    }
}
