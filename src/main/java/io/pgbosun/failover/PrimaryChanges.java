package io.pgbosun.failover;

import io.pgbosun.access.Caller;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.store.Page;
import jakarta.inject.Singleton;

/** Reads the history of a cluster's primaries, as far as the caller may see the cluster. */
@Singleton
public class PrimaryChanges {
    private final Clusters clusters;
    private final PrimaryChangeStore changes;

    PrimaryChanges(Clusters clusters, PrimaryChangeStore changes) {
        this.clusters = clusters;
        this.changes = changes;
    }

    /** Newest first. */
    public Page<PrimaryChange> list(Caller caller, String cluster, PrimaryChange.Kind kind, Page.Request page) {
        clusters.get(caller, cluster);
        return changes.list(cluster, kind, page);
    }
}
