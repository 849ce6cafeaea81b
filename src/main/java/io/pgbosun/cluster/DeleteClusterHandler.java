package io.pgbosun.cluster;

import io.pgbosun.cluster.DeleteCluster.DeleteClusterResult;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.List;

@Singleton
class DeleteClusterHandler implements OperationHandler<DeleteCluster, DeleteClusterResult> {
    private final ClusterStore clusters;
    private final PgHosts hosts;
    private final FinalBackup finalBackup;

    DeleteClusterHandler(ClusterStore clusters, PgHosts hosts, FinalBackup finalBackup) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.finalBackup = finalBackup;
    }

    /** Whose data is removed. */
    record Instances(List<InstanceRecord> instances) {}

    @Override
    public void check(Target target, DeleteCluster spec, Checks checks) {
        if (!target.id().equals(spec.confirm())) {
            throw Problem.invalid(
                    "confirm",
                    "must be the cluster's name, '" + target.id() + "'",
                    "Repeat the name to show that you mean it.");
        }
        var cluster = clusters.get(target.id());
        checks.need(
                "provisioned by pgbosun",
                cluster.hasHosts() && cluster.cluster().origin() == Cluster.Origin.PROVISIONED,
                cluster.cluster().origin(),
                "PROVISIONED",
                "Deregister it instead, and remove its servers where they were made.");
        checks.takesLock("stops all " + cluster.instances().size() + " instances");
        checks.restsOn("instances", cluster.instances());
        finalBackup.check(target, spec.finalBackupRepository(), checks);
    }

    @Override
    public DeleteClusterResult run(Target target, DeleteCluster spec, Steps steps) {
        var instances = steps.get(
                        "read where its data is",
                        Instances.class,
                        () -> new Instances(clusters.get(target.id()).instances()))
                .instances();
        var backup = spec.finalBackupRepository() == null
                ? null
                : finalBackup.take(target, spec.finalBackupRepository(), steps);
        steps.pointOfNoReturn();
        for (var instance : instances) {
            var directory = instance.directory();
            var host = hosts.of(instance);
            steps.ensure("stop " + directory.getFileName(), () -> !host.running(directory), () -> host.stop(directory));
        }
        for (var instance : instances) {
            var directory = instance.directory();
            var host = hosts.of(instance);
            steps.ensure(
                    "remove " + directory.getFileName(), () -> !host.exists(directory), () -> host.remove(directory));
        }
        steps.ensure(
                "forget the cluster", () -> clusters.find(target.id()).isEmpty(), () -> clusters.delete(target.id()));
        return new DeleteClusterResult(target.id(), backup);
    }
}
