package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.backup.BackupHold.HoldBackup;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;

/** Reads backups and drills, as far as the caller may see them. */
@Singleton
public class Backups {
    private final BackupStore backups;
    private final DrillStore drills;
    private final Clusters clusters;
    private final Store store;
    private final AuditTrail audit;
    private final Clock clock;

    Backups(BackupStore backups, DrillStore drills, Clusters clusters, Store store, AuditTrail audit, Clock clock) {
        this.backups = backups;
        this.drills = drills;
        this.clusters = clusters;
        this.store = store;
        this.audit = audit;
        this.clock = clock;
    }

    public Backup get(Caller caller, UUID id) {
        caller.requireSomewhere(Permission.BACKUP_READ);
        return backups.find(id)
                .filter(stored -> caller.may(Permission.BACKUP_READ, stored.labels()))
                .map(BackupStore.Stored::backup)
                .orElseThrow(() -> Problem.notFound("backup", id.toString()));
    }

    /** Keeps a backup from being removed, by rule or by hand. Holding it again replaces the reason. */
    public Backup hold(Caller caller, UUID id, HoldBackup request) {
        caller.requireSomewhere(Permission.BACKUP_CREATE);
        var backup = get(caller, id);
        caller.require(Permission.BACKUP_CREATE, labels(id));
        var hold = new BackupHold(request.reason(), caller.principal(), clock.instant());
        write(caller, backup, hold, "backup.hold", Map.of("reason", request.reason()));
        return get(caller, id);
    }

    /** Lets a backup go that was held; letting it go again changes nothing. */
    public void release(Caller caller, UUID id) {
        caller.requireSomewhere(Permission.BACKUP_DELETE);
        var backup = get(caller, id);
        caller.require(Permission.BACKUP_DELETE, labels(id));
        if (backup.hold() != null) {
            write(
                    caller,
                    backup,
                    null,
                    "backup.release",
                    Map.of("reason", backup.hold().reason()));
        }
    }

    private Map<String, String> labels(UUID id) {
        return backups.get(id).labels();
    }

    private void write(Caller caller, Backup backup, BackupHold hold, String action, Map<String, String> details) {
        store.inTx(tx -> {
            if (!backups.hold(tx, backup.id(), hold)) {
                throw Problem.notPossible("An operation is removing this backup; it cannot be held any more.");
            }
            audit.write(tx, caller, action, Target.backup(backup.id()).toString(), null, details);
        });
    }

    /** Newest first, of one cluster or (null) of all; those of deleted clusters too. */
    public Page<Backup> list(Caller caller, String cluster, Page.Request page) {
        caller.requireSomewhere(Permission.BACKUP_READ);
        return backups.list(caller, cluster, page);
    }

    /** Newest first. */
    public Page<Drill> drills(Caller caller, String cluster, Page.Request page) {
        clusters.get(caller, cluster);
        return drills.list(cluster, page);
    }
}
