package io.pgbosun.backup;

import io.pgbosun.backup.RestorePoint.RestorePointResult;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.time.Instant;

@Singleton
class RestorePointHandler implements OperationHandler<RestorePoint, RestorePointResult> {
    private final ClusterStore clusters;
    private final Topology topology;
    private final RecoveryWindow windows;

    RestorePointHandler(ClusterStore clusters, Topology topology, RecoveryWindow windows) {
        this.clusters = clusters;
        this.topology = topology;
        this.windows = windows;
    }

    @Override
    public void check(Target target, RestorePoint spec, Checks checks) {
        var archived = windows.of(target.id()).isPresent();
        checks.want(
                "its WAL is archived",
                archived,
                archived ? "yes" : "no",
                "archived WAL and a physical backup",
                "Without them nothing can be recovered to it: POST /v1/clusters/" + target.id() + "/wal-archive.");
    }

    @Override
    public RestorePointResult run(Target target, RestorePoint spec, Steps steps) {
        var server = topology.primary(clusters.get(target.id()));
        return steps.act(
                "name the point",
                RestorePointResult.class,
                new RestorePointResult(spec.name(), "", Instant.EPOCH),
                () -> new RestorePointResult(
                        spec.name(), server.createRestorePoint(spec.name()).toString(), server.now()));
    }
}
