package io.pgbosun.cluster;

import io.pgbosun.cluster.ReloadCluster.ReloadClusterResult;
import io.pgbosun.cluster.ReloadCluster.ReloadedInstance;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

@Singleton
class ReloadClusterHandler implements OperationHandler<ReloadCluster, ReloadClusterResult> {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Servers servers;

    ReloadClusterHandler(ClusterStore clusters, Topology topology, Servers servers) {
        this.clusters = clusters;
        this.topology = topology;
        this.servers = servers;
    }

    @Override
    public void check(Target target, ReloadCluster spec, Checks checks) {
        var cluster = clusters.get(target.id());
        cluster.requireInstances(spec.instances(), checks);
        var asked = topology.look(cluster).stream()
                .filter(sighting -> isAsked(spec, sighting.instance()))
                .toList();
        var down = asked.stream()
                .filter(sighting -> !sighting.up())
                .map(sighting -> sighting.instance().name())
                .toList();
        checks.need(
                "every instance answers",
                down.isEmpty(),
                down.isEmpty() ? "all" : "not: " + down,
                "all",
                "One that is down reads its files when it starts: name the others in instances.");
        var errors = asked.stream()
                .filter(Sighting::up)
                .flatMap(sighting -> topology.server(sighting).configuration().errors().stream())
                .toList();
        checks.need(
                "the configuration files have no error",
                errors.isEmpty(),
                errors.isEmpty() ? "none" : errors,
                "none",
                "PostgreSQL takes in nothing of files with an error: mend them.");
    }

    private static boolean isAsked(ReloadCluster spec, InstanceRecord instance) {
        return spec.instances() == null || spec.instances().contains(instance.name());
    }

    @Override
    public ReloadClusterResult run(Target target, ReloadCluster spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var reloaded = new ArrayList<ReloadedInstance>();
        for (var instance : asked(cluster, spec)) {
            var server = servers.at(cluster.endpoint(instance));
            steps.act("reload " + instance.name(), server::reload);
            reloaded.add(steps.get(
                    "read what waits for a restart of " + instance.name(),
                    ReloadedInstance.class,
                    () -> new ReloadedInstance(
                            instance.name(), server.configuration().pendingRestart())));
        }
        return new ReloadClusterResult(reloaded);
    }

    private static List<InstanceRecord> asked(ClusterRecord cluster, ReloadCluster spec) {
        return cluster.instances().stream()
                .filter(instance -> isAsked(spec, instance))
                .toList();
    }
}
