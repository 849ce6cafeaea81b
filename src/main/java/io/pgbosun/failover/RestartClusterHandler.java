package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.RestartCluster.RestartClusterResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

@Singleton
class RestartClusterHandler implements OperationHandler<RestartCluster, RestartClusterResult> {
    private static final Duration READY_WITHIN = Duration.ofMinutes(10);

    private final ClusterStore clusters;
    private final Topology topology;
    private final PatroniMembers members;
    private final ClusterPoolers poolers;
    private final PgHosts hosts;

    RestartClusterHandler(
            ClusterStore clusters, Topology topology, PatroniMembers members, ClusterPoolers poolers, PgHosts hosts) {
        this.clusters = clusters;
        this.topology = topology;
        this.members = members;
        this.poolers = poolers;
        this.hosts = hosts;
    }

    /** Who is restarted, the primary last; its name is null when it is not among them. */
    record Order(List<InstanceRecord> instances, String primary, List<String> poolers) {}

    @Override
    public void check(Target target, RestartCluster spec, Checks checks) {
        var cluster = clusters.get(target.id());
        if (!cluster.isPatroni()) {
            cluster.requireHosts(checks);
        }
        cluster.requireInstances(spec.instances(), checks);
        var sightings = topology.look(cluster);
        var primary = sightings.stream().filter(Sighting::primary).findFirst();
        checks.need(
                "a primary answers",
                primary.isPresent(),
                primary.map(sighting -> sighting.instance().name()).orElse("none"),
                "one",
                "Start the cluster, or have a standby take over: failover.");
        primary.ifPresent(sighting -> primary(cluster, sighting, spec, checks));
    }

    private void primary(ClusterRecord cluster, Sighting primary, RestartCluster spec, Checks checks) {
        if (isAsked(spec, primary.instance())) {
            poolers.check(cluster.cluster().name(), primary.endpoint(), checks);
            checks.takesLock("no transaction runs on " + primary.instance().name() + " while it restarts");
        }
        checks.restsOn("primary", primary.instance().name());
    }

    private static boolean isAsked(RestartCluster spec, InstanceRecord instance) {
        return spec.instances() == null || spec.instances().contains(instance.name());
    }

    @Override
    public RestartClusterResult run(Target target, RestartCluster spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var order = steps.get("choose the order", Order.class, () -> order(cluster, spec));
        for (var instance : order.instances()) {
            var primary = instance.name().equals(order.primary());
            if (primary) {
                poolers.pause(steps, target.id(), order.poolers());
            }
            steps.act(
                    "restart " + instance.name(),
                    () -> restart(cluster, instance, spec),
                    () -> start(cluster, instance));
            steps.await(instance.name() + " is ready", READY_WITHIN, () -> isReady(cluster, instance));
            if (primary) {
                poolers.lead(steps, target.id(), order.poolers(), instance.name(), cluster.endpoint(instance));
            }
        }
        return new RestartClusterResult(
                order.instances().stream().map(InstanceRecord::name).toList());
    }

    private Order order(ClusterRecord cluster, RestartCluster spec) {
        var sightings = topology.look(cluster);
        if (sightings.stream().filter(Sighting::primary).count() != 1) {
            throw Problem.notPossible("It is not clear which instance is the primary, which is restarted last.");
        }
        var asked = sightings.stream()
                .filter(sighting -> isAsked(spec, sighting.instance()))
                .filter(sighting -> !spec.pendingOnly() || isPending(sighting))
                .sorted(Comparator.comparing(Sighting::primary))
                .toList();
        return new Order(
                asked.stream().map(Sighting::instance).toList(),
                asked.stream()
                        .filter(Sighting::primary)
                        .map(sighting -> sighting.instance().name())
                        .findFirst()
                        .orElse(null),
                poolers.names(cluster.cluster().name()));
    }

    private boolean isPending(Sighting sighting) {
        return !topology.server(sighting).configuration().pendingRestart().isEmpty();
    }

    private void restart(ClusterRecord cluster, InstanceRecord instance, RestartCluster spec) {
        if (cluster.isPatroni()) {
            var patroni = members.of(cluster);
            patroni.restart(PatroniMembers.member(patroni.cluster(), instance), spec.pendingOnly());
        } else {
            var directory = instance.directory();
            hosts.of(instance).stop(directory);
            hosts.of(instance).start(directory);
        }
    }

    /** What was stopped is not left so. */
    private void start(ClusterRecord cluster, InstanceRecord instance) {
        if (!cluster.isPatroni()) {
            hosts.of(instance).start(instance.directory());
        }
    }

    private boolean isReady(ClusterRecord cluster, InstanceRecord instance) {
        return topology.look(cluster, instance).up();
    }
}
