package io.pgbosun.cluster;

import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Target;
import io.pgbosun.operation.Targets;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Clusters as targets of operations. */
@Singleton
class ClusterTargets implements Targets {
    private static final Logger LOG = Logger.getLogger(ClusterTargets.class);

    private final ClusterStore clusters;
    private final Servers servers;
    private final PgPrograms programs;

    ClusterTargets(ClusterStore clusters, Servers servers, PgPrograms programs) {
        this.clusters = clusters;
        this.servers = servers;
        this.programs = programs;
    }

    @Override
    public String collection() {
        return "clusters";
    }

    @Override
    public String noun() {
        return "cluster";
    }

    @Override
    public Optional<Facts> find(Target target) {
        return clusters.summary(target.id())
                .map(cluster -> new Facts(cluster.labels(), cluster.policy().approvalFrom()));
    }

    /** An instance that does not answer has no session to end, and will be found down by the run itself. */
    @Override
    public void endLeftovers(Target target, UUID operation, long epoch) {
        programs.endProcesses(operation, epoch);
        clusters.find(target.id())
                .ifPresent(cluster -> cluster.instances().forEach(instance -> {
                    try {
                        servers.at(cluster.endpoint(instance)).endSessions(operation, epoch);
                    } catch (Problem problem) {
                        LOG.infof("leftovers on %s: %s", instance.name(), problem.detail());
                    }
                }));
    }
}
