package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.host.WalTail;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;

/**
 * Instances that take writes though another one leads, such as the server of a Patroni that was killed, or a former primary whose
 * host did not answer when it was failed over from.
 */
@Singleton
class FormerLeaders {
    private final Servers servers;
    private final PgHosts hosts;

    FormerLeaders(Servers servers, PgHosts hosts) {
        this.servers = servers;
        this.hosts = hosts;
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

    /** What an instance has in its WAL that the primary has not. */
    record Lost(WalTail tail, long bytes) {
        static final Lost NOTHING = new Lost(new WalTail(new Lsn(0), 0, null), 0);
    }

    /**
     * Ends the sessions of clients: nothing else can be done where its host is out of reach. Poolers must lead elsewhere already:
     * then no client that goes through one comes back.
     */
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

    /** Whether it would take writes when it runs, on a timeline that another one has left behind; not when its host is silent. */
    boolean isFormer(int timeline, InstanceRecord other) {
        var directory = other.directory();
        try {
            var programs = hosts.of(other);
            return programs.initialized(directory)
                    && !programs.comesUpAsStandby(directory)
                    && programs.walTimeline(directory) < timeline;
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE) {
                throw problem;
            }
            return false; // it is seen again when it is back
        }
    }

    /** A server with a standby's mark takes no writes, whoever starts it; one that has more than the leader stays down. */
    void stop(InstanceRecord leader, InstanceRecord other) {
        var login = hosts.of(leader).upstream(leader.directory());
        var programs = hosts.of(other);
        programs.halt(other.directory());
        programs.followPrimary(other.directory(), Followers.at(leader, login), other.slot(), other.name());
    }

    /** Of a stopped instance: from where the primary's history leaves the timeline that it was on. */
    Lost lost(Server primary, InstanceRecord instance) {
        var programs = hosts.of(instance);
        if (!programs.initialized(instance.directory())) {
            return Lost.NOTHING; // nobody can tell any more
        }
        var timeline = programs.walTimeline(instance.directory());
        return primary.leftTimeline(timeline)
                .map(left -> {
                    var tail = programs.walAfter(instance.directory(), left);
                    return new Lost(tail, tail.commits() == 0 ? 0 : tail.end().bytesSince(left));
                })
                .orElse(Lost.NOTHING);
    }

    /** From where the leader's history leaves the timeline that the other one is on. */
    private static Long ahead(Server leader, Server other) {
        var facts = other.facts();
        return leader.leftTimeline(facts.timeline())
                .map(left -> Math.max(0, facts.writeLsn().bytesSince(left)))
                .orElse(null);
    }
}
