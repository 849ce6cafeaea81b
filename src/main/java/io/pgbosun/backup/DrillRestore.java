package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.cluster.ScratchCopy;
import io.pgbosun.host.Admitted;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Progress;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Steps;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How a backup becomes a scratch instance, and how that goes again. */
@Singleton
class DrillRestore {
    static final String SUPERUSER = "pgbosun_scratch";

    private final Repositories repositories;
    private final StoredBackup storedBackup;
    private final PhysicalRestore physicalRestore;
    private final PgPrograms programs;
    private final Servers servers;

    DrillRestore(
            Repositories repositories,
            StoredBackup storedBackup,
            PhysicalRestore physicalRestore,
            PgPrograms programs,
            Servers servers) {
        this.repositories = repositories;
        this.storedBackup = storedBackup;
        this.physicalRestore = physicalRestore;
        this.programs = programs;
        this.servers = servers;
    }

    Server run(Steps steps, Stored stored, ScratchCopy place) {
        var server = servers.at(place.endpoint());
        if (stored.manifest().physical() == null) {
            load(stored, place, steps);
        } else {
            recover(stored, place, server, steps);
        }
        return server;
    }

    /** A logical backup into a new server. */
    private void load(Stored stored, ScratchCopy place, Steps steps) {
        var manifest = stored.manifest();
        var files = repositories.files(stored.backup().repository());
        steps.act("read the backup's files", () -> storedBackup.verify(files, manifest));
        startScratch(steps, place);
        if (manifest.globals()) {
            steps.act(
                    "restore roles and tablespaces",
                    () -> storedBackup.reading(files, manifest, Manifest.GLOBALS, globals -> {
                        programs.restoreGlobals(globals, place.endpoint());
                        return null;
                    }));
        }
        for (var database : manifest.databases()) {
            steps.act("restore " + database.name(), () -> restore(manifest, files, database, place.endpoint(), steps));
        }
    }

    /** A physical backup, with all the WAL that is archived since. */
    private void recover(Stored stored, ScratchCopy place, Server server, Steps steps) {
        physicalRestore.run(
                steps,
                new PhysicalRestore.Wanted(
                        programs,
                        stored,
                        Path.of(place.directory()),
                        PhysicalRestore.scratch(place.port()),
                        new Admitted(place.username(), Admitted.HERE),
                        server,
                        place.restoreCommand(),
                        place.target()));
    }

    private void startScratch(Steps steps, ScratchCopy place) {
        var directory = Path.of(place.directory());
        steps.ensure(
                "initialise a scratch instance",
                () -> programs.initialized(directory),
                () -> programs.initdb(directory, SUPERUSER, place.password()),
                () -> programs.remove(directory));
        steps.act("configure it apart from all others", () -> programs.configure(directory, settings(place)));
        steps.ensure(
                "start it",
                () -> programs.ready(directory),
                () -> programs.start(directory),
                () -> programs.stop(directory));
    }

    /** No archiving, no standbys, no sync: it is thrown away. */
    private static Map<String, String> settings(ScratchCopy place) {
        return Map.of(
                "listen_addresses", "127.0.0.1",
                "port", String.valueOf(place.port()),
                "unix_socket_directories", "",
                "archive_mode", "off",
                "wal_level", "minimal",
                "max_wal_senders", "0",
                "fsync", "off",
                "autovacuum", "off",
                "cluster_name", "pgbosun-drill");
    }

    private void restore(
            Manifest manifest, BackupFiles files, Manifest.DumpedDatabase database, Endpoint to, Steps steps) {
        steps.progress(Progress.phase("restoring " + database.name()));
        var server = servers.at(to);
        server.dropDatabase(database.name()); // what a run that died has left
        server.createDatabase(database.name(), null);
        var request = new RestoreRequest(to, database.name(), List.of(), 2, manifest.globals());
        storedBackup
                .reading(files, manifest, database.path(), dump -> programs.restore(dump, request))
                .forEach(steps::warn);
    }

    void remove(Steps steps, ScratchCopy place) {
        var directory = Path.of(place.directory());
        steps.ensure("stop the scratch instance", () -> !programs.running(directory), () -> programs.stop(directory));
        steps.ensure(
                "remove the scratch instance", () -> !programs.exists(directory), () -> programs.remove(directory));
    }
}
