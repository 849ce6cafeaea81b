package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.cluster.ScratchCopies;
import io.pgbosun.cluster.ScratchCopy;
import io.pgbosun.host.Admitted;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Scratch copies of a cluster, of its newest physical backup. */
@Singleton
class PhysicalCopies implements ScratchCopies {
    private final BackupStore backups;
    private final DrillPlaces places;
    private final PhysicalRestore restore;
    private final PgPrograms programs;
    private final Servers servers;

    PhysicalCopies(
            BackupStore backups, DrillPlaces places, PhysicalRestore restore, PgPrograms programs, Servers servers) {
        this.backups = backups;
        this.places = places;
        this.restore = restore;
        this.programs = programs;
        this.servers = servers;
    }

    @Override
    public void check(String cluster, int copies, Checks checks) {
        var stored = backups.newestPhysical(cluster);
        checks.need(
                "there is a physical backup",
                stored.isPresent(),
                stored.map(found -> found.backup().id().toString()).orElse("none"),
                "one of the whole server",
                "Take one: POST /v1/clusters/" + cluster + "/backups with the engine PG_BASEBACKUP or PGBACKREST.");
        stored.ifPresent(found -> check(found, copies, checks));
    }

    private void check(Stored stored, int copies, Checks checks) {
        var version = stored.manifest().majorVersion();
        checks.need(
                "PostgreSQL is of the backup's version",
                programs.majorVersion() == version,
                programs.majorVersion(),
                String.valueOf(version),
                "Install postgresql-" + version + ".");
        checks.needsDisk(copies * stored.backup().sizeBytes());
        checks.restsOn("backup", stored.backup().id());
    }

    @Override
    public ScratchCopy choose(String cluster) {
        return backups.newestPhysical(cluster)
                .map(stored -> places.choose(cluster, stored))
                .orElseThrow(() -> Problem.notPossible("There is no physical backup of cluster '" + cluster + "'."));
    }

    /** What is written there is acknowledged as by any server: it is synced. */
    @Override
    public void restore(Steps steps, ScratchCopy copy) {
        var settings = PhysicalRestore.scratch(copy.port());
        settings.put("fsync", "on");
        restore.run(
                steps,
                new PhysicalRestore.Wanted(
                        programs,
                        backups.get(copy.backup()),
                        Path.of(copy.directory()),
                        settings,
                        new Admitted(copy.username(), Admitted.HERE),
                        servers.at(copy.endpoint()),
                        copy.restoreCommand(),
                        copy.target()));
    }
}
