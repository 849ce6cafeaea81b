package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.backup.Manifest.DumpedDatabase;
import io.pgbosun.backup.RestoreBackup.RestoreBackupResult;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Progress;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.host.TableName;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

@Singleton
class RestoreBackupHandler implements OperationHandler<RestoreBackup, RestoreBackupResult> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss").withZone(ZoneOffset.UTC);
    private static final int LONGEST_STEM = 40;

    private final ClusterStore clusters;
    private final Topology topology;
    private final BackupStore backups;
    private final Repositories repositories;
    private final StoredBackup storedBackup;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    RestoreBackupHandler(
            ClusterStore clusters,
            Topology topology,
            BackupStore backups,
            Repositories repositories,
            StoredBackup storedBackup,
            PgPrograms programs,
            Servers servers,
            Clock clock) {
        this.clusters = clusters;
        this.topology = topology;
        this.backups = backups;
        this.repositories = repositories;
        this.storedBackup = storedBackup;
        this.programs = programs;
        this.servers = servers;
        this.clock = clock;
    }

    /**
     * Names that are decided once.
     *
     * @param aside of the new database
     * @param keep of the old one once it is swapped out, or null
     */
    record Chosen(String aside, String keep) {}

    /** Whoever restores a backup reads it. */
    @Override
    public void authorize(Caller caller, RestoreBackup spec) {
        var visible = backups.find(spec.backup()).filter(stored -> caller.may(Permission.BACKUP_READ, stored.labels()));
        if (visible.isEmpty()) {
            throw Problem.notFound("backup", String.valueOf(spec.backup()));
        }
    }

    @Override
    public void check(Target target, RestoreBackup spec, Checks checks) {
        var stored = backups.get(spec.backup());
        var server = topology.primary(clusters.get(target.id()));
        checks.need(
                "the backup is LOGICAL",
                stored.manifest().physical() == null,
                stored.backup().type(),
                "LOGICAL",
                "Make a new cluster of a PHYSICAL one with 'recover'.");
        checks.need(
                "the database is in the backup",
                stored.backup().databases().contains(spec.database()),
                stored.backup().databases(),
                spec.database(),
                "Name one of the backup's databases.");
        if (spec.into() != null) {
            checks.need(
                    "the new name is free",
                    !server.databaseExists(spec.into()),
                    spec.into(),
                    "no such database",
                    "Choose another name.");
        }
        var version = server.facts().majorVersion();
        var dumped = stored.manifest().majorVersion();
        checks.need(
                "the server is new enough",
                version >= dumped,
                version,
                dumped + " or newer",
                "Restore into a newer server.");
        if (spec.owners()) {
            stored.manifest().databases().stream()
                    .filter(database -> database.name().equals(spec.database()))
                    .forEach(database -> checks.need(
                            "the owner is there",
                            server.roleExists(database.owner()),
                            database.owner(),
                            "an existing role",
                            "Create it, or restore with owners=false."));
        }
        if (spec.swap()) {
            var there = server.databaseExists(spec.database());
            checks.restsOn("swaps out", there);
            checks.takesLock("ends every session of " + spec.database() + " for the rename");
            checks.want(
                    "restored into place, not aside",
                    !there,
                    spec.database() + " is there",
                    "no such database",
                    "Its sessions are ended; it is kept under another name.");
        }
        checks.needsDisk(stored.backup().sizeBytes());
        checks.restsOn("backup", stored.backup().id());
    }

    @Override
    public RestoreBackupResult run(Target target, RestoreBackup spec, Steps steps) {
        var stored = backups.get(spec.backup());
        var files = repositories.files(stored.backup().repository());
        var endpoint = topology.primaryEndpoint(clusters.get(target.id()));
        var server = servers.at(endpoint);
        steps.act("read the backup's files", () -> storedBackup.verify(files, stored.manifest()));
        var chosen = steps.get("choose names", Chosen.class, () -> choose(spec, server));
        steps.ensure(
                "create " + chosen.aside(),
                () -> server.databaseExists(chosen.aside()),
                () -> createClosed(server, chosen.aside()),
                () -> server.dropDatabase(chosen.aside()));
        steps.act("restore into it", () -> restore(spec, stored, files, endpoint, chosen.aside(), steps));
        var tables = steps.get(
                "count its tables",
                Integer.class,
                () -> server.databaseExists(chosen.aside())
                        ? server.tables(chosen.aside()).size()
                        : 0);
        for (var number = 1; number <= spec.scripts().size(); number++) {
            var script = spec.scripts().get(number - 1);
            steps.act("run script " + number, () -> server.script(chosen.aside(), script));
        }
        steps.act("open it to its users", () -> server.openDatabase(chosen.aside(), owner(spec, stored)));
        if (!spec.swap()) {
            return new RestoreBackupResult(target.id(), chosen.aside(), null, tables);
        }
        swap(spec, steps, server, chosen); // the last rename is the last step: nothing after it may fail and undo it
        return new RestoreBackupResult(target.id(), spec.database(), chosen.keep(), tables);
    }

    private Chosen choose(RestoreBackup spec, Server server) {
        var stamp = STAMP.format(clock.instant());
        var stem = spec.database()
                .substring(0, Math.min(LONGEST_STEM, spec.database().length()));
        var aside = spec.into() != null ? spec.into() : stem + "_" + stamp;
        if (server.databaseExists(aside)) {
            throw Problem.notPossible("There is a database '" + aside + "' already; choose another name.");
        }
        return new Chosen(
                aside, spec.swap() && server.databaseExists(spec.database()) ? stem + "_before_" + stamp : null);
    }

    /** Into an empty database: what a run that died has restored is thrown away first. */
    private void restore(
            RestoreBackup spec,
            BackupStore.Stored stored,
            BackupFiles files,
            Endpoint endpoint,
            String aside,
            Steps steps) {
        steps.progress(Progress.phase("restoring " + spec.database()));
        var server = servers.at(endpoint);
        server.dropDatabase(aside);
        createClosed(server, aside);
        var tables = spec.tables().stream().map(TableName::parse).toList();
        var request = new RestoreRequest(endpoint, aside, tables, spec.jobs(), spec.owners());
        storedBackup
                .reading(files, stored.manifest(), dumped(spec, stored).path(), dump -> programs.restore(dump, request))
                .forEach(steps::warn);
    }

    /** Nobody sees what is half restored, or not masked yet. */
    private static void createClosed(Server server, String database) {
        server.createDatabase(database, null);
        server.closeDatabase(database);
    }

    private static DumpedDatabase dumped(RestoreBackup spec, BackupStore.Stored stored) {
        return stored.manifest().databases().stream()
                .filter(found -> found.name().equals(spec.database()))
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("Database '" + spec.database() + "' is not in the backup."));
    }

    /** Null for the login. */
    private static String owner(RestoreBackup spec, BackupStore.Stored stored) {
        return spec.owners() ? dumped(spec, stored).owner() : null;
    }

    private static void swap(RestoreBackup spec, Steps steps, Server server, Chosen chosen) {
        if (chosen.keep() != null) {
            steps.ensure(
                    "rename %s to %s".formatted(spec.database(), chosen.keep()),
                    () -> server.databaseExists(chosen.keep()),
                    () -> server.renameDatabase(spec.database(), chosen.keep()),
                    () -> {
                        if (server.databaseExists(chosen.keep()) && !server.databaseExists(spec.database())) {
                            server.renameDatabase(chosen.keep(), spec.database());
                        }
                    });
        }
        steps.ensure(
                "rename %s to %s".formatted(chosen.aside(), spec.database()),
                () -> !server.databaseExists(chosen.aside()) && server.databaseExists(spec.database()),
                () -> server.renameDatabase(chosen.aside(), spec.database()),
                () -> {
                    if (!server.databaseExists(chosen.aside())) {
                        server.renameDatabase(spec.database(), chosen.aside());
                    }
                });
    }
}
