package io.pgbosun.replication;

import io.pgbosun.access.Caller;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.cluster.Instance.Role;
import io.pgbosun.host.ReplicationState.Upstream;
import io.pgbosun.replication.Replication.InstanceReplication;
import io.pgbosun.replication.Standbys.Seen;
import jakarta.inject.Singleton;
import java.util.List;

/** Tells who follows whom, as far as the caller may see the cluster. */
@Singleton
public class Replications {
    private final Clusters clusters;
    private final ClusterStore store;
    private final Standbys standbys;

    Replications(Clusters clusters, ClusterStore store, Standbys standbys) {
        this.clusters = clusters;
        this.store = store;
        this.standbys = standbys;
    }

    /** Asks every instance just now. */
    public Replication get(Caller caller, String cluster) {
        clusters.get(caller, cluster);
        var seen = standbys.look(store.get(cluster));
        var names = seen.stream()
                .filter(Seen::primary)
                .map(primary -> primary.state().synchronousStandbyNames())
                .findFirst();
        return new Replication(
                names.orElse(null),
                seen.stream().map(one -> instance(one, seen)).toList());
    }

    private static InstanceReplication instance(Seen one, List<Seen> all) {
        var state = one.state();
        if (state == null) {
            return new InstanceReplication(
                    one.instance(),
                    Role.UNKNOWN,
                    null,
                    List.of(),
                    List.of(),
                    one.problem().detail());
        }
        return new InstanceReplication(
                one.instance(),
                state.inRecovery() ? Role.STANDBY : Role.PRIMARY,
                upstream(state.upstream(), all),
                state.senders(),
                state.slots(),
                "");
    }

    private static String upstream(Upstream upstream, List<Seen> all) {
        return upstream == null
                ? null
                : all.stream()
                        .filter(other -> other.port() == upstream.port()
                                && other.address().equals(upstream.address()))
                        .map(Seen::instance)
                        .findFirst()
                        .orElse(upstream.address() + ":" + upstream.port());
    }
}
