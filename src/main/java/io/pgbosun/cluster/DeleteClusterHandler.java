package io.pgbosun.cluster;

import io.pgbosun.cluster.DeleteCluster.DeleteClusterResult;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;

@Singleton
class DeleteClusterHandler implements OperationHandler<DeleteCluster, DeleteClusterResult> {
    private final ClusterStore clusters;
    private final PgPrograms programs;
    private final FinalBackup finalBackup;

    DeleteClusterHandler(ClusterStore clusters, PgPrograms programs, FinalBackup finalBackup) {
        this.clusters = clusters;
        this.programs = programs;
        this.finalBackup = finalBackup;
    }

    /** The data directories to remove. */
    record Directories(List<String> paths) {}

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
        var directories = steps.get(
                        "read where its data is",
                        Directories.class,
                        () -> new Directories(clusters.get(target.id()).instances().stream()
                                .map(InstanceRecord::dataDirectory)
                                .toList()))
                .paths();
        var backup = spec.finalBackupRepository() == null
                ? null
                : finalBackup.take(target, spec.finalBackupRepository(), steps);
        steps.pointOfNoReturn();
        for (var directory : directories) {
            var path = Path.of(directory);
            steps.ensure("stop " + path.getFileName(), () -> !programs.running(path), () -> programs.stop(path));
        }
        for (var directory : directories) {
            var path = Path.of(directory);
            steps.ensure("remove " + path.getFileName(), () -> !programs.exists(path), () -> programs.remove(path));
        }
        steps.ensure(
                "forget the cluster", () -> clusters.find(target.id()).isEmpty(), () -> clusters.delete(target.id()));
        return new DeleteClusterResult(target.id(), backup);
    }
}
