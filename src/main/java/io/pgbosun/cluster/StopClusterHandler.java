package io.pgbosun.cluster;

import io.pgbosun.cluster.StopCluster.StopClusterResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;

@Singleton
class StopClusterHandler implements OperationHandler<StopCluster, StopClusterResult> {
    private final ClusterStore clusters;
    private final PgHosts hosts;

    StopClusterHandler(ClusterStore clusters, PgHosts hosts) {
        this.clusters = clusters;
        this.hosts = hosts;
    }

    /** The instances, in the order in which they are stopped. */
    record Order(List<InstanceRecord> instances) {}

    @Override
    public void check(Target target, StopCluster spec, Checks checks) {
        clusters.get(target.id()).requireHosts(checks);
    }

    @Override
    public StopClusterResult run(Target target, StopCluster spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var instances =
                steps.get("choose the order", Order.class, () -> order(cluster)).instances();
        for (var instance : instances) {
            var directory = instance.directory();
            steps.ensure(
                    "stop " + instance.name(),
                    () -> !hosts.of(instance).running(directory),
                    () -> hosts.of(instance).stop(directory));
        }
        return new StopClusterResult(
                instances.stream().map(InstanceRecord::name).toList());
    }

    private Order order(ClusterRecord cluster) {
        return new Order(cluster.instances().stream()
                .sorted(Comparator.comparing(instance -> !hosts.of(instance).comesUpAsStandby(instance.directory())))
                .toList());
    }
}
