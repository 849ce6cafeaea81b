package io.pgbosun.pooler;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Endpoint;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ApplyPoolerConfig.ApplyPoolerConfigResult;
import jakarta.inject.Singleton;
import java.util.Optional;

@Singleton
class ApplyPoolerConfigHandler implements OperationHandler<ApplyPoolerConfig, ApplyPoolerConfigResult> {
    private final PoolerStore poolers;
    private final PoolerControl control;
    private final ClusterStore clusters;
    private final Topology topology;

    ApplyPoolerConfigHandler(PoolerStore poolers, PoolerControl control, ClusterStore clusters, Topology topology) {
        this.poolers = poolers;
        this.control = control;
        this.clusters = clusters;
        this.topology = topology;
    }

    /** Where the primary is. */
    record Primary(String address, int port) {
        Endpoint endpoint() {
            return new Endpoint(address, port, "", null, "disable");
        }
    }

    /**
     * How it was.
     *
     * @param held what the file held; null when it was absent
     */
    record Before(String held, boolean agrees) {}

    @Override
    public void check(Target target, ApplyPoolerConfig spec, Checks checks) {
        var pooler = poolers.get(target.id(), spec.pooler());
        control.requireOurs(pooler);
        var primary = topology.primaryEndpoint(clusters.get(target.id()));
        var differences = control.differences(pooler, primary);
        checks.want(
                "something is to be changed",
                !differences.isEmpty(),
                differences.isEmpty() ? "nothing" : String.join(" ", differences),
                "a difference",
                "Nothing is written then.");
        checks.restsOn("primary", primary.display());
    }

    @Override
    public ApplyPoolerConfigResult run(Target target, ApplyPoolerConfig spec, Steps steps) {
        var primary = steps.get("look for the primary", Primary.class, () -> {
                    var found = topology.primaryEndpoint(clusters.get(target.id()));
                    return new Primary(found.address(), found.port());
                })
                .endpoint();
        var before = steps.get("read how it is configured", Before.class, () -> {
            var pooler = poolers.get(target.id(), spec.pooler());
            return new Before(
                    control.held(pooler).orElse(null),
                    control.differences(pooler, primary).isEmpty());
        });
        steps.ensure(
                "configure " + spec.pooler(),
                () -> control.differences(poolers.get(target.id(), spec.pooler()), primary)
                        .isEmpty(),
                () -> control.point(poolers.get(target.id(), spec.pooler()), primary),
                () -> control.put(poolers.get(target.id(), spec.pooler()), Optional.ofNullable(before.held())));
        return new ApplyPoolerConfigResult(spec.pooler(), primary.display(), !before.agrees());
    }
}
