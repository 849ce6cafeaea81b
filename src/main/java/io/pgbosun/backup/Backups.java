package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import jakarta.inject.Singleton;
import java.util.UUID;

/** Reads backups and drills, as far as the caller may see them. */
@Singleton
public class Backups {
    private final BackupStore backups;
    private final Clusters clusters;

    Backups(BackupStore backups, Clusters clusters) {
        this.backups = backups;
        this.clusters = clusters;
    }

    public Backup get(Caller caller, UUID id) {
        caller.requireSomewhere(Permission.BACKUP_READ);
        return backups.find(id)
                .filter(stored -> caller.may(Permission.BACKUP_READ, stored.labels()))
                .map(BackupStore.Stored::backup)
                .orElseThrow(() -> Problem.notFound("backup", id.toString()));
    }

    /** Newest first, of one cluster or (null) of all; those of deleted clusters too. */
    public Page<Backup> list(Caller caller, String cluster, Page.Request page) {
        caller.requireSomewhere(Permission.BACKUP_READ);
        return backups.list(caller, cluster, page);
    }

    /** Newest first. */
    public Page<Drill> drills(Caller caller, String cluster, Page.Request page) {
        clusters.get(caller, cluster);
        return backups.drills(cluster, page);
    }
}
