package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.failover.FollowLeader.FollowLeaderResult;
import io.pgbosun.failover.FollowLeader.ShutOutInstance;
import io.pgbosun.failover.FormerLeaders.ShutOut;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

@Singleton
class FollowLeaderHandler implements OperationHandler<FollowLeader, FollowLeaderResult> {
    private final ClusterStore clusters;
    private final PatroniLeaders leaders;
    private final FormerLeaders former;
    private final PrimaryChangeStore changes;
    private final ClusterPoolers poolers;
    private final Servers servers;

    FollowLeaderHandler(
            ClusterStore clusters,
            PatroniLeaders leaders,
            FormerLeaders former,
            PrimaryChangeStore changes,
            ClusterPoolers poolers,
            Servers servers) {
        this.clusters = clusters;
        this.leaders = leaders;
        this.former = former;
        this.changes = changes;
        this.poolers = poolers;
        this.servers = servers;
    }

    /** Who leads, and whom clients could reach besides. */
    record Led(InstanceRecord leader, int timeline, List<InstanceRecord> others, List<String> poolers) {}

    @Override
    public void check(Target target, FollowLeader spec, Checks checks) {
        PatroniMembers.require(clusters.get(target.id()), checks);
    }

    /** Nothing is taken back: where clients were led before is worse. */
    @Override
    public FollowLeaderResult run(Target target, FollowLeader spec, Steps steps) {
        var cluster = clusters.get(target.id());
        steps.pointOfNoReturn();
        var seen = steps.get("ask Patroni who leads", Led.class, () -> look(cluster));
        var led = steps.act("lead the poolers to the leader", Led.class, seen, () -> lead(cluster, seen.poolers()));
        var leader = led.leader();
        var shutOut = new ArrayList<ShutOutInstance>();
        for (var other : led.others()) {
            var done = steps.act(
                    "shut clients out of " + other.name() + " if it takes writes",
                    ShutOut.class,
                    ShutOut.NOTHING,
                    () -> shutOut(cluster, leader, other));
            if (done.tookWrites()) {
                shutOut.add(new ShutOutInstance(other.name(), done.sessions(), done.lostBytes()));
                steps.warn("%s takes writes though %s leads; see why its Patroni does not stop it."
                        .formatted(other.name(), leader.name()));
            }
        }
        return new FollowLeaderResult(leader.name(), led.timeline(), led.poolers(), shutOut);
    }

    /** To whoever leads when it is done: a run that was stuck meanwhile must not lead back to one that has led before. */
    private Led lead(ClusterRecord cluster, List<String> names) {
        var now = look(cluster);
        poolers.lead(cluster.cluster().name(), names, cluster.endpoint(now.leader()));
        return now;
    }

    private Led look(ClusterRecord cluster) {
        var leader = leaders.leader(cluster)
                .orElseThrow(() -> Problem.of(
                        ProblemType.UNREACHABLE,
                        "Nobody leads cluster '%s' just now."
                                .formatted(cluster.cluster().name())));
        var others = cluster.instances().stream()
                .filter(instance -> !instance.equals(leader))
                .toList();
        return new Led(
                leader,
                servers.at(cluster.endpoint(leader)).facts().timeline(),
                others,
                poolers.names(cluster.cluster().name()));
    }

    private ShutOut shutOut(ClusterRecord cluster, InstanceRecord leader, InstanceRecord other) {
        if (leaders.leads(cluster, other)) {
            return ShutOut.NOTHING; // it does so since a moment ago
        }
        var done = former.shutOut(cluster, leader, other);
        if (done.lostBytes() != null) {
            changes.lost(cluster.cluster().name(), other.name(), done.lostBytes(), null);
        }
        return done;
    }
}
