package io.pgbosun.adapter;

import io.pgbosun.host.Admitted;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.WalCopy;
import io.pgbosun.host.WalHandover;
import io.pgbosun.host.WalTail;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The programs of PostgreSQL and the data directories on a machine, whichever it is. */
class ServerPrograms implements HostPrograms {
    static final String BASEBACKUP = "basebackup-tmp";
    private static final String INITDB = "initdb-tmp";
    private static final List<String> HALF_MADE = List.of(INITDB, BASEBACKUP);
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    final Machine machine;
    private final PgControl control;
    /** Asked once: an upgrade to another one brings another directory. */
    private volatile int majorVersion;

    ServerPrograms(Machine machine) {
        this.machine = machine;
        control = new PgControl(machine);
    }

    @Override
    public int majorVersion() {
        if (majorVersion == 0) {
            majorVersion = askMajorVersion();
        }
        return majorVersion;
    }

    private int askMajorVersion() {
        var said =
                machine.program("pg_ctl", List.of("--version")).run().orThrow().output();
        var version = VERSION.matcher(said);
        if (!version.find()) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "pg_ctl tells no version: " + said);
        }
        return Integer.parseInt(version.group(1));
    }

    /** Made aside and renamed, so that a directory that initdb has not finished is never taken for a cluster. */
    @Override
    public void initdb(Path dataDirectory, String superuser, Secret superuserPassword) {
        var aside = clear(dataDirectory, INITDB);
        machine.program("initdb", initdbArguments(aside, superuser))
                .reading(superuserPassword)
                .run()
                .orThrow();
        machine.files().rename(aside, dataDirectory);
    }

    private static List<String> initdbArguments(Path directory, String superuser) {
        return List.of(
                "-D",
                directory.toString(),
                "-U",
                superuser,
                "--pwfile=/dev/stdin",
                "-A",
                "scram-sha-256",
                "--auth-local=scram-sha-256",
                "--data-checksums",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-instructions");
    }

    /** The name that a directory is made under. */
    static Path aside(Path directory, String suffix) {
        return directory.resolveSibling(directory.getFileName() + "." + suffix);
    }

    final Path clear(Path directory, String suffix) {
        return clear(machine.files(), directory, suffix);
    }

    /** Removes what a former try has left aside, and answers its name; nothing is put where something is. */
    static Path clear(MachineFiles files, Path directory, String suffix) {
        if (files.isDirectory(directory) ? !files.names(directory).isEmpty() : files.exists(directory)) {
            throw Problem.notPossible("'" + directory + "' is not empty; nothing is put there.");
        }
        files.make(directory.toAbsolutePath().getParent());
        var aside = aside(directory, suffix);
        FileTree.remove(files, aside);
        return aside;
    }

    @Override
    public boolean initialized(Path dataDirectory) {
        return at(dataDirectory).initialized();
    }

    @Override
    public void configure(Path dataDirectory, Map<String, String> settings) {
        at(dataDirectory).configure(settings);
    }

    @Override
    public void admit(Path dataDirectory, List<String> networks) {
        at(dataDirectory).admit(networks);
    }

    @Override
    public void followPrimary(Path dataDirectory, Endpoint primary, String slot, String applicationName) {
        at(dataDirectory).followPrimary(primary, slot, applicationName);
    }

    @Override
    public Endpoint upstream(Path dataDirectory) {
        return at(dataDirectory).upstream();
    }

    @Override
    public Optional<Lsn> shutdownLsn(Path dataDirectory) {
        return running(dataDirectory) ? Optional.empty() : new ControlData(machine).shutdownLsn(dataDirectory);
    }

    @Override
    public boolean stoppedInRecovery(Path dataDirectory) {
        return !running(dataDirectory)
                && comesUpAsStandby(dataDirectory)
                && new ControlData(machine).inRecovery(dataDirectory);
    }

    @Override
    public void start(Path dataDirectory) {
        control.start(dataDirectory);
    }

    @Override
    public void stop(Path dataDirectory) {
        control.stop(dataDirectory);
    }

    @Override
    public void halt(Path dataDirectory) {
        control.halt(dataDirectory);
    }

    @Override
    public boolean comesUpAsStandby(Path dataDirectory) {
        return at(dataDirectory).comesUpAsStandby();
    }

    @Override
    public void standAlone(Path dataDirectory) {
        at(dataDirectory).standAlone();
    }

    @Override
    public int walTimeline(Path dataDirectory) {
        return new WalEnd(machine).timeline(dataDirectory);
    }

    @Override
    public WalTail walAfter(Path dataDirectory, Lsn position) {
        return new WalEnd(machine).after(dataDirectory, position);
    }

    @Override
    public boolean rewind(Path dataDirectory, Endpoint source) {
        PgControl.awaitReaped(at(dataDirectory));
        return new Rewind(machine, dataDirectory).from(source);
    }

    @Override
    public Map<String, String> settings(Path dataDirectory) {
        return at(dataDirectory).settings();
    }

    @Override
    public boolean running(Path dataDirectory) {
        return at(dataDirectory).postmaster().isPresent();
    }

    @Override
    public boolean ready(Path dataDirectory) {
        var directory = at(dataDirectory);
        return directory.postmaster().isPresent() && directory.ready();
    }

    @Override
    public void baseBackup(Endpoint source, Path dataDirectory, String slot) {
        var aside = aside(dataDirectory, BASEBACKUP);
        var login = List.of("-d", Conninfo.of(source), "--no-password");
        var copy = List.of("-D", aside.toString(), "-X", "stream", "-S", slot, "-c", "fast");
        machine.program(
                        "pg_basebackup",
                        Stream.concat(login.stream(), copy.stream()).toList())
                .loggingInAt(source)
                .lasting(() -> clear(dataDirectory, BASEBACKUP))
                .run()
                .orThrow();
        machine.files().rename(aside, dataDirectory);
    }

    @Override
    public void unpackBaseBackup(InputStream from, Path dataDirectory) {
        var aside = new UnpackedBaseBackup(machine, clear(dataDirectory, BASEBACKUP));
        aside.unpack(from);
        aside.verify();
        machine.files().sync(aside.directory());
        machine.files().rename(aside.directory(), dataDirectory);
    }

    @Override
    public void prepareRecovery(
            Path dataDirectory,
            Map<String, String> settings,
            Admitted admitted,
            String restoreCommand,
            RecoveryTarget target) {
        at(dataDirectory).prepareRecovery(settings, admitted, restoreCommand, target);
    }

    @Override
    public void endRecovery(Path dataDirectory, Admitted admitted) {
        at(dataDirectory).endRecovery(admitted);
    }

    @Override
    public WalCopy walCopy(Path dataDirectory) {
        return PlacedWal.of(machine, dataDirectory);
    }

    /** Works on a single file too, such as a dump. */
    @Override
    public void remove(Path directory) {
        var files = machine.files();
        FileTree.checkRemovable(files, directory);
        Work.current().ifPresent(run -> machine.endLasting(run.operation()));
        if (files.isDirectory(directory)) {
            stop(directory);
        }
        if (initialized(directory)) {
            files.delete(DataDirectory.log(directory));
            removeArchiveScript(directory);
        }
        HALF_MADE.forEach(suffix -> FileTree.remove(files, aside(directory, suffix)));
        walCopy(directory).remove();
        FileTree.remove(files, directory);
        new Rewind(machine, directory).forget();
    }

    @Override
    public Path archiveScript(Path dataDirectory) {
        return ArchiveScript.of(machine, dataDirectory).path();
    }

    @Override
    public boolean hasArchiveScript(Path dataDirectory) {
        return ArchiveScript.of(machine, dataDirectory).isThere();
    }

    @Override
    public void writeArchiveScript(Path dataDirectory) {
        ArchiveScript.of(machine, dataDirectory).write();
    }

    @Override
    public void removeArchiveScript(Path dataDirectory) {
        ArchiveScript.of(machine, dataDirectory).remove();
        HandedOverWal.of(machine.files(), dataDirectory).forget();
    }

    @Override
    public WalHandover walHandover(Path dataDirectory) {
        return HandedOverWal.of(machine.files(), dataDirectory);
    }

    @Override
    public boolean exists(Path path) {
        return machine.files().exists(path);
    }

    @Override
    public void tryOut(Path directory) {
        var trial = directory.resolve(".pgbosun-" + UUID.randomUUID());
        machine.files().make(trial);
        machine.files().removeTree(trial);
    }

    @Override
    public int freePort() {
        return machine.freePort();
    }

    @Override
    public int endProcesses(UUID operation, long beforeEpoch) {
        return new LeftProcesses(machine.processes()).end(operation, beforeEpoch);
    }

    private DataDirectory at(Path dataDirectory) {
        return new DataDirectory(machine, dataDirectory);
    }
}
