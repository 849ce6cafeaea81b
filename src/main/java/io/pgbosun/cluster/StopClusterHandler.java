package io.pgbosun.cluster;

import io.pgbosun.cluster.StopCluster.StopClusterResult;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.nio.file.Path;

@Singleton
class StopClusterHandler implements OperationHandler<StopCluster, StopClusterResult> {
    private final ClusterStore clusters;
    private final PgPrograms programs;

    StopClusterHandler(ClusterStore clusters, PgPrograms programs) {
        this.clusters = clusters;
        this.programs = programs;
    }

    @Override
    public void check(Target target, StopCluster spec, Checks checks) {
        clusters.get(target.id()).requireHosts(checks);
    }

    @Override
    public StopClusterResult run(Target target, StopCluster spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var instances = cluster.instances().reversed();
        for (var instance : instances) {
            var directory = Path.of(instance.dataDirectory());
            steps.ensure("stop " + instance.name(), () -> !programs.running(directory), () -> programs.stop(directory));
        }
        return new StopClusterResult(
                instances.stream().map(InstanceRecord::name).toList());
    }
}
