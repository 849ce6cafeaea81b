package io.pgbosun.cluster;

import io.pgbosun.cluster.StartCluster.StartClusterResult;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

@Singleton
class StartClusterHandler implements OperationHandler<StartCluster, StartClusterResult> {
    private final ClusterStore clusters;
    private final PgPrograms programs;

    StartClusterHandler(ClusterStore clusters, PgPrograms programs) {
        this.clusters = clusters;
        this.programs = programs;
    }

    /** The instances, in the order in which they are started. */
    record Order(List<InstanceRecord> instances) {}

    @Override
    public void check(Target target, StartCluster spec, Checks checks) {
        clusters.get(target.id()).requireHosts(checks);
    }

    @Override
    public StartClusterResult run(Target target, StartCluster spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var instances =
                steps.get("choose the order", Order.class, () -> order(cluster)).instances();
        for (var instance : instances) {
            var directory = Path.of(instance.dataDirectory());
            steps.ensure("start " + instance.name(), () -> programs.ready(directory), () -> programs.start(directory));
        }
        return new StartClusterResult(
                instances.stream().map(InstanceRecord::name).toList());
    }

    private Order order(ClusterRecord cluster) {
        return new Order(cluster.instances().stream()
                .sorted(Comparator.comparing(instance -> programs.comesUpAsStandby(Path.of(instance.dataDirectory()))))
                .toList());
    }
}
