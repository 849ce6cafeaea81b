package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;

/** Instances that take writes though another one leads, such as the server of a Patroni that was killed. */
@Singleton
class FormerLeaders {
    private final Servers servers;

    FormerLeaders(Servers servers) {
        this.servers = servers;
    }

    /**
     * What was done to one.
     *
     * @param tookWrites whether it did, so that there was something to do
     * @param sessions of clients that were ended
     * @param lostBytes of WAL that it has and the leader has not; null when that is not known
     */
    record ShutOut(boolean tookWrites, int sessions, Long lostBytes) {
        static final ShutOut NOTHING = new ShutOut(false, 0, null);
    }

    /** Poolers must lead elsewhere already: then no client that goes through one comes back. */
    ShutOut shutOut(ClusterRecord cluster, InstanceRecord leader, InstanceRecord other) {
        var server = servers.at(cluster.endpoint(other));
        try {
            if (server.facts().inRecovery()) {
                return ShutOut.NOTHING;
            }
            var sessions = server.endClients();
            return new ShutOut(true, sessions, ahead(servers.at(cluster.endpoint(leader)), server));
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE) {
                throw problem;
            }
            return ShutOut.NOTHING; // nobody else reaches it either
        }
    }

    /** From where the leader's history leaves the timeline that the other one is on. */
    private static Long ahead(Server leader, Server other) {
        var facts = other.facts();
        return leader.timelineHistory().stream()
                .filter(left -> left.timeline() == facts.timeline())
                .findFirst()
                .map(left -> Math.max(0, facts.writeLsn().bytesSince(left.lsn())))
                .orElse(null);
    }
}
