package io.pgbosun.cluster;

import io.pgbosun.cluster.Deregister.DeregisterResult;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;

@Singleton
class DeregisterHandler implements OperationHandler<Deregister, DeregisterResult> {
    private final ClusterStore clusters;

    DeregisterHandler(ClusterStore clusters) {
        this.clusters = clusters;
    }

    @Override
    public DeregisterResult run(Target target, Deregister spec, Steps steps) {
        var result = steps.get(
                "read where its instances are",
                DeregisterResult.class,
                () -> new DeregisterResult(
                        target.id(),
                        clusters.get(target.id()).instances().stream()
                                .map(instance -> instance.address() + ":" + instance.port())
                                .toList()));
        steps.pointOfNoReturn();
        steps.ensure(
                "forget the cluster", () -> clusters.find(target.id()).isEmpty(), () -> clusters.delete(target.id()));
        return result;
    }
}
