package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.host.Admitted;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.Progress;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.operation.Steps;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a physical backup becomes a server that has recovered and answers; nobody else gets in meanwhile. */
@Singleton
class PhysicalRestore {
    private static final Duration RECOVERED_WITHIN = Duration.ofHours(24);

    private final Repositories repositories;
    private final StoredBackup storedBackup;
    private final Stanzas stanzas;

    PhysicalRestore(Repositories repositories, StoredBackup storedBackup, Stanzas stanzas) {
        this.repositories = repositories;
        this.storedBackup = storedBackup;
        this.stanzas = stanzas;
    }

    /**
     * What is to become what.
     *
     * @param programs of the host that it is made on
     * @param admitted who may log in
     * @param restoreCommand reads archived WAL, or null
     */
    record Wanted(
            HostPrograms programs,
            Stored stored,
            Path directory,
            Map<String, String> settings,
            Admitted admitted,
            Server server,
            String restoreCommand,
            RecoveryTarget target) {}

    /** Settings of a server that is thrown away: it tells nobody anything, and runs nothing by itself. */
    static Map<String, String> scratch(int port) {
        var settings = new LinkedHashMap<>(apart("127.0.0.1", port, "pgbosun-drill"));
        settings.put("archive_mode", "off");
        settings.put("fsync", "off");
        settings.put("autovacuum", "off");
        return settings;
    }

    /** Settings of a server that recovers: nothing reaches others before somebody has looked at it. */
    static Map<String, String> apart(String address, int port, String name) {
        var settings = new LinkedHashMap<>(opened(address, port, name));
        settings.put("max_logical_replication_workers", "0"); // subscriptions of the source would take its data
        settings.put("cron.launch_active_jobs", "off"); // pg_cron, where it is loaded
        return settings;
    }

    /** Settings of a recovered server that is used. */
    static Map<String, String> opened(String address, int port, String name) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listen_addresses", address);
        settings.put("port", String.valueOf(port));
        settings.put("unix_socket_directories", "");
        settings.put("cluster_name", name);
        settings.put("logging_collector", "off");
        settings.put("archive_mode", "on");
        settings.put("archive_command", ServerCommand.NOTHING); // it archives nowhere until it is told to
        settings.put("synchronous_standby_names", "");
        return settings;
    }

    void run(Steps steps, Wanted wanted) {
        var programs = wanted.programs();
        var directory = wanted.directory();
        steps.ensure(
                "unpack the backup",
                () -> programs.initialized(directory),
                () -> unpack(wanted, steps),
                () -> programs.remove(directory));
        steps.act(
                "configure it apart from all others",
                () -> programs.prepareRecovery(
                        directory, wanted.settings(), wanted.admitted(), wanted.restoreCommand(), wanted.target()));
        steps.ensure(
                "start it",
                () -> programs.ready(directory),
                () -> programs.start(directory),
                () -> programs.stop(directory));
        steps.await("recovery ends", RECOVERED_WITHIN, () -> hasRecovered(wanted, steps));
    }

    private void unpack(Wanted wanted, Steps steps) {
        steps.progress(Progress.phase("unpacking"));
        var manifest = wanted.stored().manifest();
        if (manifest.set() != null) {
            stanzas.of(wanted.stored()).restore(manifest.set().label(), wanted.directory());
            return;
        }
        BackupFiles files = repositories.files(wanted.stored().backup().repository());
        try (var content = files.open(manifest.backup(), manifest.base())) {
            wanted.programs().unpackBaseBackup(content, wanted.directory());
        } catch (Problem problem) {
            if (problem.type() == ProblemType.DAMAGED) {
                storedBackup.verify(files, manifest); // says which file it is, when it is one that is stored
            }
            throw problem;
        } catch (IOException e) {
            throw new UncheckedIOException("a file that was read to its end cannot be closed", e);
        }
    }

    /** A server that cannot reach its target ends: then there is none to ask, and its log says why. */
    private boolean hasRecovered(Wanted wanted, Steps steps) {
        if (!wanted.programs().running(wanted.directory())) {
            wanted.programs().start(wanted.directory()); // a problem with what the log says
        }
        var facts = wanted.server().facts();
        if (facts.inRecovery()) {
            steps.progress(Progress.phase("recovering, WAL replayed up to " + facts.replayLsn()));
        }
        return !facts.inRecovery();
    }
}
