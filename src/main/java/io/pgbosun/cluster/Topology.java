package io.pgbosun.cluster;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerFacts;
import io.pgbosun.host.Servers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Finds out from the servers themselves who is primary, who is standby and how far behind. */
@Singleton
public class Topology {
    private final Servers servers;

    Topology(Servers servers) {
        this.servers = servers;
    }

    /** What one instance said, or why it said nothing. */
    public record Sighting(InstanceRecord instance, Endpoint endpoint, ServerFacts facts, Problem problem) {
        public boolean up() {
            return facts != null;
        }

        public boolean primary() {
            return up() && !facts.inRecovery();
        }

        public boolean standby() {
            return up() && facts.inRecovery();
        }
    }

    /** Asks every instance at once. */
    public List<Sighting> look(ClusterRecord cluster) {
        return each(cluster, instance -> look(cluster, instance));
    }

    /** Asks something of every instance at once; the answers come in the order of the instances. */
    public static <A> List<A> each(ClusterRecord cluster, Function<InstanceRecord, A> question) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = cluster.instances().stream()
                    .map(instance -> CompletableFuture.supplyAsync(() -> question.apply(instance), threads))
                    .toList();
            return asked.stream().map(CompletableFuture::join).toList();
        }
    }

    /** Asks one instance. */
    public Sighting look(ClusterRecord cluster, InstanceRecord instance) {
        var endpoint = cluster.endpoint(instance);
        try {
            return new Sighting(instance, endpoint, servers.at(endpoint).facts(), null);
        } catch (Problem problem) {
            return new Sighting(instance, endpoint, null, problem);
        }
    }

    /** The server that was seen. */
    public Server server(Sighting sighting) {
        return servers.at(sighting.endpoint());
    }

    /** The endpoint of the one primary; a problem when there is none or more than one. */
    public Endpoint primaryEndpoint(ClusterRecord cluster) {
        var sightings = look(cluster);
        var primaries = sightings.stream().filter(Sighting::primary).toList();
        if (primaries.size() == 1) {
            return primaries.getFirst().endpoint();
        }
        if (primaries.isEmpty()) {
            var why = sightings.stream()
                    .filter(sighting -> !sighting.up())
                    .map(sighting -> sighting.problem().detail())
                    .findFirst();
            throw Problem.of(
                    ProblemType.UNREACHABLE,
                    "No primary of cluster '%s' answers. %s"
                            .formatted(cluster.cluster().name(), why.orElse("All that answer are standbys.")));
        }
        throw Problem.notPossible("Cluster '%s' has %d primaries; nothing is changed until a person has resolved that."
                .formatted(cluster.cluster().name(), primaries.size()));
    }

    public Server primary(ClusterRecord cluster) {
        return servers.at(primaryEndpoint(cluster));
    }

    /** A standby that answers, or else the primary: the least harmful place to read a lot from. */
    public Endpoint standbyOrPrimary(ClusterRecord cluster) {
        return look(cluster).stream()
                .filter(Sighting::standby)
                .findFirst()
                .map(Sighting::endpoint)
                .orElseGet(() -> primaryEndpoint(cluster));
    }

    /** The instances as callers see them. */
    public List<Instance> instances(ClusterRecord cluster) {
        return instances(look(cluster));
    }

    /** What was seen, as callers see it. */
    public static List<Instance> instances(List<Sighting> sightings) {
        var written = sightings.stream()
                .filter(Sighting::primary)
                .map(sighting -> sighting.facts().writeLsn())
                .findFirst();
        return sightings.stream()
                .map(sighting -> instance(
                        sighting,
                        written.map(lsn -> sighting.up()
                                        ? lsn.bytesSince(sighting.facts().replayLsn())
                                        : null)
                                .orElse(null)))
                .toList();
    }

    private static Instance instance(Sighting sighting, Long lagBytes) {
        var at = sighting.instance();
        var facts = sighting.facts();
        if (facts == null) {
            return new Instance(
                    at.name(),
                    at.host(),
                    at.address(),
                    at.port(),
                    Instance.Role.UNKNOWN,
                    Instance.State.DOWN,
                    null,
                    null,
                    null,
                    null,
                    null,
                    sighting.problem().detail());
        }
        var standby = facts.inRecovery();
        return new Instance(
                at.name(),
                at.host(),
                at.address(),
                at.port(),
                standby ? Instance.Role.STANDBY : Instance.Role.PRIMARY,
                Instance.State.UP,
                facts.timeline(),
                facts.replayLsn().toString(),
                standby ? (lagBytes == null ? null : Long.valueOf(Math.max(0, lagBytes))) : null,
                standby ? facts.replayLagSeconds() : null,
                facts.majorVersion() + "." + facts.versionNumber() % 10_000,
                "");
    }
}
