package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Scratch;
import io.pgbosun.cluster.ScratchCopy;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.secret.Secret;
import io.pgbosun.token.Tokens;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.UUID;

/** Where a backup becomes a scratch instance, and who logs in there. */
@Singleton
class DrillPlaces {
    private final ClusterStore clusters;
    private final RecoveryPoints points;
    private final PgPrograms programs;
    private final Scratch scratch;
    private final Clock clock;

    DrillPlaces(ClusterStore clusters, RecoveryPoints points, PgPrograms programs, Scratch scratch, Clock clock) {
        this.clusters = clusters;
        this.points = points;
        this.programs = programs;
        this.scratch = scratch;
        this.clock = clock;
    }

    ScratchCopy choose(String cluster, Stored stored) {
        var backup = stored.backup().id();
        var directory = scratch.root().resolve(UUID.randomUUID().toString()).toString();
        var port = programs.freePort();
        if (stored.manifest().physical() == null) {
            var password = Secret.of(Tokens.randomText());
            return new ScratchCopy(
                    backup, directory, port, DrillRestore.SUPERUSER, password, null, null, clock.instant());
        }
        var login = clusters.get(cluster);
        var choice = points.latest(cluster, backup);
        return new ScratchCopy(
                backup,
                directory,
                port,
                login.username(),
                login.password(),
                choice.restoreCommand(),
                choice.target(),
                clock.instant());
    }
}
