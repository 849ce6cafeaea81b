package io.pgbosun.patroni;

import io.pgbosun.access.Caller;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.host.PatroniMember;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;

/** Asks the Patroni of a cluster, as far as the caller may see the cluster. */
@Singleton
public class PatroniStatuses {
    private static final int MOST = 100;

    private final Clusters clusters;
    private final ClusterStore store;
    private final PatroniMembers members;

    PatroniStatuses(Clusters clusters, ClusterStore store, PatroniMembers members) {
        this.clusters = clusters;
        this.store = store;
        this.members = members;
    }

    public PatroniStatus get(Caller caller, String cluster) {
        clusters.get(caller, cluster);
        var record = store.get(cluster);
        if (!record.isPatroni()) {
            throw Problem.notFound("Patroni of cluster", cluster);
        }
        var patroni = members.of(record);
        var seen = patroni.cluster();
        return new PatroniStatus(
                seen.leader().map(PatroniMember::name).orElse(null),
                seen.paused(),
                seen.members(),
                patroni.history().reversed().stream().limit(MOST).toList(),
                DynamicSettings.flat(patroni.config()));
    }
}
