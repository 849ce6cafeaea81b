package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.cluster.Topology;
import io.pgbosun.failover.Rejoin.RejoinResult;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;

/** Has Patroni build a member anew; it rewinds one that comes back by itself. */
@Singleton
class PatroniRejoin {
    private static final Duration REBUILT_WITHIN = Duration.ofHours(3);

    private final PatroniMembers members;
    private final PatroniLeaders leaders;
    private final Topology topology;
    private final Servers servers;

    PatroniRejoin(PatroniMembers members, PatroniLeaders leaders, Topology topology, Servers servers) {
        this.members = members;
        this.leaders = leaders;
        this.topology = topology;
        this.servers = servers;
    }

    /**
     * Who is built anew from whom.
     *
     * @param startedAt when the server was started that is there now; null when none answers
     */
    record Chosen(InstanceRecord leader, InstanceRecord instance, Instant startedAt) {
        boolean isAsBefore(Instant now) {
            return startedAt != null && startedAt.equals(now);
        }
    }

    void check(ClusterRecord cluster, Rejoin spec, Checks checks) {
        checks.need(
                "Patroni is told to rebuild",
                spec.method() == Rejoin.Method.REBUILD,
                spec.method(),
                "REBUILD",
                "Start its Patroni: it rewinds by itself. When that fails, use REBUILD.");
        var seen = leaders.look(cluster);
        cluster.instance(spec.instance())
                .ifPresent(instance -> checks.need(
                        "its Patroni runs",
                        seen.members().stream()
                                .anyMatch(member -> PatroniMembers.instance(cluster, member)
                                        .filter(instance::equals)
                                        .isPresent()),
                        instance.name(),
                        "a member that Patroni knows",
                        "Start Patroni on its host."));
    }

    RejoinResult run(ClusterRecord cluster, Rejoin spec, Steps steps) {
        var chosen = steps.get("ask Patroni who leads", Chosen.class, () -> choose(cluster, spec));
        var instance = chosen.instance();
        steps.pointOfNoReturn();
        steps.act("have Patroni rebuild " + instance.name(), () -> {
            var patroni = members.of(cluster);
            patroni.reinitialize(PatroniMembers.member(patroni.cluster(), instance));
        });
        var leader = servers.at(cluster.endpoint(chosen.leader()));
        steps.await(
                instance.name() + " streams",
                REBUILT_WITHIN,
                () -> !chosen.isAsBefore(startedAt(cluster, instance)) && leader.streamsTo(instance.name()));
        return new RejoinResult(instance.name(), chosen.leader().name(), null, null);
    }

    private Chosen choose(ClusterRecord cluster, Rejoin spec) {
        var leader = leaders.leader(cluster).orElseThrow(() -> Problem.notPossible("Nobody leads."));
        var instance =
                cluster.instance(spec.instance()).orElseThrow(() -> Problem.notFound("instance", spec.instance()));
        return new Chosen(leader, instance, startedAt(cluster, instance));
    }

    private Instant startedAt(ClusterRecord cluster, InstanceRecord instance) {
        return topology.look(cluster).stream()
                .filter(sighting -> sighting.up() && sighting.instance().equals(instance))
                .findFirst()
                .map(sighting -> sighting.facts().startedAt())
                .orElse(null);
    }
}
