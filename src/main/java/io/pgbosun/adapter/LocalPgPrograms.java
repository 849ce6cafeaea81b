package io.pgbosun.adapter;

import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.WalCommit;
import io.pgbosun.host.WalTail;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The programs of PostgreSQL, run on this host. */
@Singleton
public final class LocalPgPrograms implements PgPrograms {
    private static final String INITDB = "initdb-tmp";
    static final String BASEBACKUP = "basebackup-tmp";
    private static final List<String> HALF_MADE = List.of(INITDB, BASEBACKUP);
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private final PostgresBin bin;
    private final DumpPrograms dumps;
    private final BaseBackups baseBackups;
    private final PgControl control;
    /** Asked once: an upgrade to another one brings another directory. */
    private volatile int majorVersion;

    /** With the programs that this host has. */
    @Inject
    public LocalPgPrograms() {
        this(PostgresBin.find(System.getenv()));
    }

    public LocalPgPrograms(PostgresBin bin) {
        this.bin = bin;
        dumps = new DumpPrograms(bin);
        baseBackups = new BaseBackups(bin);
        control = new PgControl(bin);
    }

    @Override
    public int majorVersion() {
        if (majorVersion == 0) {
            majorVersion = askMajorVersion();
        }
        return majorVersion;
    }

    private int askMajorVersion() {
        var said = program("pg_ctl", List.of("--version")).run().orThrow().output();
        var version = VERSION.matcher(said);
        if (!version.find()) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "pg_ctl tells no version: " + said);
        }
        return Integer.parseInt(version.group(1));
    }

    /** Made aside and renamed, so that a directory that initdb has not finished is never taken for a cluster. */
    @Override
    public void initdb(Path dataDirectory, String superuser, Secret superuserPassword) {
        var aside = aside(dataDirectory, INITDB);
        program("initdb", initdbArguments(aside, superuser))
                .reading(superuserPassword)
                .run()
                .orThrow();
        IoProblem.doing(dataDirectory, "cannot be put in place", () -> FileTree.rename(aside, dataDirectory));
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

    /** The name that a directory is made under; what a former try left there is removed. */
    static Path aside(Path directory, String suffix) {
        var absent = !Files.exists(directory);
        if (!absent && !isEmpty(directory)) {
            throw Problem.notPossible("'" + directory + "' is not empty; nothing is put there.");
        }
        FileTree.make(directory.toAbsolutePath().getParent());
        var aside = halfMade(directory, suffix);
        FileTree.remove(aside);
        return aside;
    }

    private static Path halfMade(Path directory, String suffix) {
        return directory.resolveSibling(directory.getFileName() + "." + suffix);
    }

    private static boolean isEmpty(Path directory) {
        return IoProblem.asking(directory, "cannot be listed", () -> {
            try (var entries = Files.list(directory)) {
                return entries.findAny().isEmpty();
            }
        });
    }

    @Override
    public boolean initialized(Path dataDirectory) {
        return new DataDirectory(dataDirectory).initialized();
    }

    @Override
    public void configure(Path dataDirectory, Map<String, String> settings) {
        new DataDirectory(dataDirectory).configure(settings);
    }

    @Override
    public void followPrimary(Path dataDirectory, Endpoint primary, String slot, String applicationName) {
        new DataDirectory(dataDirectory).followPrimary(primary, slot, applicationName);
    }

    @Override
    public Endpoint upstream(Path dataDirectory) {
        return new DataDirectory(dataDirectory).upstream();
    }

    @Override
    public Optional<Lsn> shutdownLsn(Path dataDirectory) {
        return running(dataDirectory) ? Optional.empty() : new ControlData(bin).shutdownLsn(dataDirectory);
    }

    @Override
    public boolean stoppedInRecovery(Path dataDirectory) {
        return !running(dataDirectory)
                && comesUpAsStandby(dataDirectory)
                && new ControlData(bin).inRecovery(dataDirectory);
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
        return new DataDirectory(dataDirectory).comesUpAsStandby();
    }

    @Override
    public void standAlone(Path dataDirectory) {
        new DataDirectory(dataDirectory).standAlone();
    }

    @Override
    public int walTimeline(Path dataDirectory) {
        return WalEnd.timeline(dataDirectory.resolve("pg_wal"));
    }

    @Override
    public WalTail walAfter(Path dataDirectory, Lsn position) {
        return new WalEnd(bin).after(dataDirectory, position);
    }

    @Override
    public void rewind(Path dataDirectory, Endpoint source) {
        program(
                        "pg_rewind",
                        List.of("-D", dataDirectory.toString(), "--source-server=" + Conninfo.of(source, "postgres")))
                .loggingInAt(source)
                .run()
                .orThrow();
    }

    @Override
    public Map<String, String> settings(Path dataDirectory) {
        return new DataDirectory(dataDirectory).settings();
    }

    @Override
    public boolean running(Path dataDirectory) {
        return new DataDirectory(dataDirectory).postmaster().isPresent();
    }

    @Override
    public boolean ready(Path dataDirectory) {
        var directory = new DataDirectory(dataDirectory);
        return directory.postmaster().isPresent() && directory.ready();
    }

    @Override
    public void baseBackup(Endpoint source, Path dataDirectory, String slot) {
        var aside = aside(dataDirectory, BASEBACKUP);
        program(
                        "pg_basebackup",
                        List.of(
                                "-d",
                                Conninfo.of(source),
                                "-D",
                                aside.toString(),
                                "-X",
                                "stream",
                                "-S",
                                slot,
                                "-c",
                                "fast",
                                "--no-password"))
                .loggingInAt(source)
                .run()
                .orThrow();
        IoProblem.doing(dataDirectory, "cannot be put in place", () -> FileTree.rename(aside, dataDirectory));
    }

    @Override
    public BaseBackup streamBaseBackup(Endpoint source, OutputStream to, Runnable look) {
        return baseBackups.stream(source, to, look);
    }

    @Override
    public void unpackBaseBackup(InputStream from, Path dataDirectory) {
        var aside = aside(dataDirectory, BASEBACKUP);
        baseBackups.unpack(from, aside);
        baseBackups.verify(aside);
        IoProblem.doing(dataDirectory, "cannot be put in place", () -> {
            FileTree.sync(aside);
            FileTree.rename(aside, dataDirectory);
        });
    }

    @Override
    public void prepareRecovery(
            Path dataDirectory,
            Map<String, String> settings,
            String role,
            String restoreCommand,
            RecoveryTarget target) {
        new DataDirectory(dataDirectory).prepareRecovery(settings, role, restoreCommand, target);
    }

    @Override
    public void endRecovery(Path dataDirectory, Map<String, String> settings, String role) {
        new DataDirectory(dataDirectory).endRecovery(settings, role);
    }

    /** Works on a single file too, such as a dump. */
    @Override
    public void remove(Path directory) {
        FileTree.checkRemovable(directory);
        if (Files.isDirectory(directory)) {
            stop(directory);
        }
        if (initialized(directory)) {
            var log = new DataDirectory(directory).log();
            IoProblem.doing(log, "cannot be removed", () -> Files.deleteIfExists(log));
            removeArchiveScript(directory);
        }
        HALF_MADE.forEach(suffix -> FileTree.remove(halfMade(directory, suffix)));
        FileTree.remove(directory);
    }

    @Override
    public int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw Problem.of(ProblemType.PROGRAM_FAILED, "No TCP port is free on this host.", e);
        }
    }

    @Override
    public Path archiveScript(Path dataDirectory) {
        return ArchiveScript.of(dataDirectory).path();
    }

    @Override
    public boolean hasArchiveScript(Path dataDirectory) {
        return ArchiveScript.of(dataDirectory).isThere();
    }

    @Override
    public void writeArchiveScript(Path dataDirectory) {
        ArchiveScript.of(dataDirectory).write();
    }

    @Override
    public void removeArchiveScript(Path dataDirectory) {
        ArchiveScript.of(dataDirectory).remove();
    }

    @Override
    public Optional<WalCommit> lastCommit(Path directory, String firstSegment, String lastSegment) {
        return new WalDump(bin).lastCommit(directory, firstSegment, lastSegment);
    }

    @Override
    public List<String> dump(DumpRequest request, Path target) {
        return dumps.dump(request, target);
    }

    @Override
    public void dumpGlobals(Endpoint source, Path target) {
        dumps.dumpGlobals(source, target);
    }

    @Override
    public List<String> restore(Path dump, RestoreRequest request) {
        return dumps.restore(dump, request);
    }

    @Override
    public void restoreGlobals(Path globals, Endpoint target) {
        dumps.restoreGlobals(globals, target);
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void sampleData(Endpoint target, String database, int scale) {
        dumps.sampleData(target, database, scale);
    }

    @Override
    public int endProcesses(UUID operation, long beforeEpoch) {
        return LeftProcesses.end(operation, beforeEpoch);
    }

    private LocalProcess program(String name, List<String> arguments) {
        return new LocalProcess(bin, name, arguments);
    }
}
