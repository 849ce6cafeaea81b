package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.failover.FollowLeader.FollowLeaderResult;
import io.pgbosun.failover.FollowLeader.ShutOutInstance;
import io.pgbosun.failover.FormerLeaders.Lost;
import io.pgbosun.failover.FormerLeaders.ShutOut;
import io.pgbosun.failover.PrimaryChangeStore.Last;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

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
        var cluster = clusters.get(target.id());
        if (!cluster.isPatroni()) {
            var last = changes.newest(target.id());
            checks.need(
                    "it is known who leads",
                    last.isPresent(),
                    last.map(Last::newPrimary).orElse("no switchover or failover in its history"),
                    "a Patroni, or a switchover or failover in its history",
                    "Nobody else can have led: there is nobody to shut out.");
        }
    }

    /** Whom Patroni made the leader, or who took the place of the last primary. */
    private Optional<InstanceRecord> leader(ClusterRecord cluster) {
        return cluster.isPatroni()
                ? leaders.leader(cluster)
                : changes.newest(cluster.cluster().name())
                        .flatMap(last -> cluster.instance(last.newPrimary()))
                        .filter(instance -> leaders.takesWrites(cluster, instance));
    }

    /** Nothing is taken back: where clients were led before is worse. */
    @Override
    public FollowLeaderResult run(Target target, FollowLeader spec, Steps steps) {
        var cluster = clusters.get(target.id());
        steps.pointOfNoReturn();
        var seen = steps.get("look who leads", Led.class, () -> look(cluster));
        var led = steps.act("lead the poolers to the leader", Led.class, seen, () -> lead(cluster, seen.poolers()));
        var leader = led.leader();
        var shutOut = led.others().stream()
                .flatMap(other -> (other.host() == null
                                ? shutOut(steps, cluster, leader, other)
                                : stop(steps, cluster, led, other))
                        .stream())
                .toList();
        return new FollowLeaderResult(leader.name(), led.timeline(), led.poolers(), shutOut);
    }

    private Optional<ShutOutInstance> shutOut(
            Steps steps, ClusterRecord cluster, InstanceRecord leader, InstanceRecord other) {
        var done = steps.act(
                "shut clients out of " + other.name() + " if it takes writes",
                ShutOut.class,
                ShutOut.NOTHING,
                () -> shutOut(cluster, leader, other));
        if (!done.tookWrites()) {
            return Optional.empty();
        }
        steps.warn("%s takes writes though %s leads; see why its Patroni does not stop it."
                .formatted(other.name(), leader.name()));
        return Optional.of(new ShutOutInstance(other.name(), done.sessions(), done.lostBytes()));
    }

    /** One that pgbosun runs: it was failed over from when its host did not answer. */
    private Optional<ShutOutInstance> stop(Steps steps, ClusterRecord cluster, Led led, InstanceRecord other) {
        var leader = led.leader();
        var primary = servers.at(cluster.endpoint(leader));
        var isFormer = steps.get(
                "look whether " + other.name() + " is a former primary",
                Boolean.class,
                () -> former.isFormer(led.timeline(), other));
        if (!isFormer) {
            return Optional.empty();
        }
        steps.act("stop " + other.name() + ", and have it come up as a standby", () -> former.stop(leader, other));
        var lost = steps.get(
                "measure what " + other.name() + " has more",
                Lost.class,
                Lost.NOTHING,
                () -> former.lost(primary, other));
        steps.act(
                "record what was lost with " + other.name(),
                () -> changes.lost(
                        cluster.cluster().name(),
                        other.name(),
                        lost.bytes(),
                        lost.tail().commits()));
        steps.warn("%s was a primary still though %s leads: it was stopped; make it a standby again with rejoin."
                .formatted(other.name(), leader.name()));
        return Optional.of(new ShutOutInstance(other.name(), 0, lost.bytes()));
    }

    /** To whoever leads when it is done: a run that was stuck meanwhile must not lead back to one that has led before. */
    private Led lead(ClusterRecord cluster, List<String> names) {
        var now = look(cluster);
        poolers.lead(cluster.cluster().name(), names, cluster.endpoint(now.leader()));
        return now;
    }

    private Led look(ClusterRecord cluster) {
        var leader = leader(cluster)
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
        if (leader(cluster).filter(other::equals).isPresent()) {
            return ShutOut.NOTHING; // it does so since a moment ago
        }
        var done = former.shutOut(cluster, leader, other);
        if (done.lostBytes() != null) {
            changes.lost(cluster.cluster().name(), other.name(), done.lostBytes(), null);
        }
        return done;
    }
}
