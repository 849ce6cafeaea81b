package io.pgbosun.replication;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.ReplicationState;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.List;

/** Asks every instance of a cluster whom it follows and who follows it. */
@Singleton
public class Standbys {
    private final Servers servers;

    Standbys(Servers servers) {
        this.servers = servers;
    }

    /**
     * What an instance said.
     *
     * @param state null when it did not answer
     * @param problem why it did not; null when it did
     */
    public record Seen(String instance, String address, int port, ReplicationState state, Problem problem) {
        public boolean primary() {
            return state != null && !state.inRecovery();
        }
    }

    /** Asks all of them at once. */
    public List<Seen> look(ClusterRecord cluster) {
        return Topology.each(cluster, instance -> {
            try {
                var state = servers.at(cluster.endpoint(instance)).replication();
                return new Seen(instance.name(), instance.address(), instance.port(), state, null);
            } catch (Problem problem) {
                return new Seen(instance.name(), instance.address(), instance.port(), null, problem);
            }
        });
    }

    /** Blocks what only makes sense where pgbosun itself starts and stops the servers. */
    static void requireOurs(ClusterRecord cluster, String remedy, Checks checks) {
        if (cluster.isPatroni()) {
            checks.need("pgbosun drives the cluster", false, "Patroni does", "the driver NATIVE", remedy);
        } else {
            cluster.requireHosts(checks);
        }
    }
}
