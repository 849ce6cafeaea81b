package io.pgbosun.failover;

import io.pgbosun.access.Caller;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.store.Page;
import jakarta.inject.Singleton;

/** Reads the failover drills of a cluster, as far as the caller may see it. */
@Singleton
public class FailoverDrills {
    private final Clusters clusters;
    private final FailoverDrillStore drills;

    FailoverDrills(Clusters clusters, FailoverDrillStore drills) {
        this.clusters = clusters;
        this.drills = drills;
    }

    /** The newest first. */
    public Page<FailoverDrill> list(Caller caller, String cluster, Page.Request page) {
        clusters.get(caller, cluster);
        return drills.list(cluster, page);
    }
}
