package io.pgbosun.law;

import io.pgbosun.host.Admitted;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.RecoveryTarget;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.WalCommit;
import io.pgbosun.host.WalCopy;
import io.pgbosun.host.WalHandover;
import io.pgbosun.host.WalTail;
import io.pgbosun.host.Work;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.World.Content;
import io.pgbosun.law.World.Db;
import io.pgbosun.law.World.Directory;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** PostgreSQL's programs on the world; one that is cut off has done half, and goes on when its service died. */
@Alternative
@Singleton
class WorldPrograms implements PgPrograms {
    private final Stage stage;

    WorldPrograms(Stage stage) {
        this.stage = stage;
    }

    private World world() {
        return stage.world();
    }

    private WorldDumps dumps() {
        return new WorldDumps(world());
    }

    private static Problem failed(String detail) {
        return WorldDumps.failed(detail);
    }

    private void change(String name, Runnable half, Runnable effect) {
        stage.faults().change(Port.PROGRAM, name, half, effect);
    }

    /** The half that is done, and the process that is left when its service died. */
    private Runnable cutOff(String what, Runnable done) {
        return () -> {
            done.run();
            Work.current()
                    .filter(work -> stage.faults().dying())
                    .ifPresent(work -> world().leftovers.add(left(work, what)));
        };
    }

    private static World.Leftover left(Work work, String what) {
        return new World.Leftover(work.operation(), work.epoch(), null, what);
    }

    /** Null when nothing is there. */
    private Directory reached(Path path) {
        var directory = world().directories.get(path);
        if (directory != null && !directory.reachable) {
            throw Problem.of(ProblemType.UNREACHABLE, "The host does not answer.");
        }
        return directory;
    }

    private Directory directory(Path path) {
        var directory = reached(path);
        if (directory == null || !directory.initialized) {
            throw failed("directory \"" + path + "\" is not a database cluster directory");
        }
        return directory;
    }

    @Override
    public int majorVersion() {
        return stage.faults().read(Port.PROGRAM, "majorVersion", () -> 15);
    }

    private void refuseTaken(Path path) {
        if (world().directories.containsKey(path)) {
            throw Problem.notPossible("'" + path + "' is not empty");
        }
    }

    /** Made aside and renamed: half of it is nothing. */
    @Override
    public void initdb(Path path, String superuser, Secret superuserPassword) {
        change("initdb " + path, cutOff("initdb", () -> {}), () -> {
            refuseTaken(path);
            var directory = new Directory();
            directory.superuser = superuser;
            directory.password = superuserPassword.reveal();
            directory.content = new Content();
            directory.content.systemIdentifier = "system of " + path.getFileName();
            directory.content.databases.put("postgres", new Db(superuser));
            directory.content.roles.put(superuser, superuserPassword.reveal());
            world().directories.put(path, directory);
        });
    }

    @Override
    public boolean initialized(Path path) {
        return stage.faults().read(Port.PROGRAM, "initialized " + path, () -> {
            var directory = reached(path);
            return directory != null && directory.initialized;
        });
    }

    @Override
    public void configure(Path path, Map<String, String> settings) {
        change("configure " + path, null, () -> directory(path).settings = new TreeMap<>(settings));
    }

    @Override
    public void admit(Path path, List<String> networks) {
        change("admit at " + path, null, () -> directory(path).admitted = List.copyOf(networks));
    }

    @Override
    public void followPrimary(Path path, Endpoint primary, String slot, String applicationName) {
        change("followPrimary " + path, null, () -> {
            var directory = directory(path);
            directory.follows = primary.port();
            directory.slot = slot;
            directory.applicationName = applicationName;
        });
    }

    @Override
    public Endpoint upstream(Path path) {
        return stage.faults().read(Port.PROGRAM, "upstream " + path, () -> {
            var standby = directory(path);
            var role = "pgbosun_replication";
            return new Endpoint(
                    "127.0.0.1",
                    standby.follows == null ? 0 : standby.follows,
                    role,
                    Secret.of(standby.content.roles.get(role)),
                    "disable");
        });
    }

    @Override
    public Optional<Lsn> shutdownLsn(Path path) {
        return stage.faults()
                .read(
                        Port.PROGRAM,
                        "shutdownLsn " + path,
                        () -> isRunning(path) ? Optional.empty() : Optional.of(new Lsn(0x30000D0)));
    }

    @Override
    public boolean stoppedInRecovery(Path path) {
        return stage.faults()
                .read(
                        Port.PROGRAM,
                        "stoppedInRecovery " + path,
                        () -> !isRunning(path) && directory(path).follows != null);
    }

    @Override
    public void start(Path path) {
        change("start " + path, null, () -> {
            var directory = directory(path);
            var port = directory.settings.getOrDefault("port", "5432");
            if (!directory.running && world().listening(Integer.parseInt(port)).isPresent()) {
                throw failed("could not bind: address already in use");
            }
            if (!directory.running) {
                var set = directory.settings.getOrDefault("archive_mode", "off");
                directory.archiveMode = directory.altered.getOrDefault("archive_mode", set);
            }
            directory.running = true;
        });
    }

    @Override
    public void stop(Path path) {
        change("stop " + path, null, () -> world().stop(path));
    }

    @Override
    public void halt(Path path) {
        change("halt " + path, null, () -> world().stop(path));
    }

    @Override
    public boolean comesUpAsStandby(Path path) {
        return stage.faults().read(Port.PROGRAM, "comesUpAsStandby " + path, () -> directory(path).follows != null);
    }

    @Override
    public void standAlone(Path path) {
        change("standAlone " + path, null, () -> {
            var directory = directory(path);
            directory.follows = null;
            directory.slot = "";
            directory.applicationName = "";
        });
    }

    @Override
    public int walTimeline(Path path) {
        return stage.faults().read(Port.PROGRAM, "walTimeline " + path, () -> 1);
    }

    @Override
    public WalTail walAfter(Path path, Lsn position) {
        return stage.faults().read(Port.PROGRAM, "walAfter " + path, () -> {
            directory(path);
            return new WalTail(position, 0, null);
        });
    }

    @Override
    public boolean rewind(Path path, Endpoint source) {
        if (directory(path).torn) {
            return false;
        }
        change("rewind " + path, cutOff("pg_rewind", () -> directory(path).torn = true), () -> {
            var directory = directory(path);
            var from = dumps().server(source);
            directory.settings = new TreeMap<>(from.settings);
            directory.altered = new TreeMap<>(from.altered);
            directory.content = from.content;
            directory.slots.clear();
        });
        return true;
    }

    @Override
    public Map<String, String> settings(Path path) {
        return stage.faults().read(Port.PROGRAM, "settings " + path, () -> Map.copyOf(directory(path).settings));
    }

    @Override
    public boolean running(Path path) {
        return stage.faults().read(Port.PROGRAM, "running " + path, () -> isRunning(path));
    }

    @Override
    public boolean ready(Path path) {
        return stage.faults().read(Port.PROGRAM, "ready " + path, () -> isRunning(path));
    }

    private boolean isRunning(Path path) {
        var directory = reached(path);
        return directory != null && directory.running;
    }

    @Override
    public void baseBackup(Endpoint source, Path path, String slot) {
        change("baseBackup " + path, cutOff("pg_basebackup", () -> {}), () -> {
            refuseTaken(path);
            var from = dumps().server(source);
            if (!from.slots.contains(slot)) {
                throw failed("replication slot \"" + slot + "\" does not exist");
            }
            var directory = new Directory();
            directory.superuser = from.superuser;
            directory.password = from.password;
            directory.settings = new TreeMap<>(from.settings);
            directory.altered = new TreeMap<>(from.altered);
            directory.content = from.content;
            world().directories.put(path, directory);
        });
    }

    /** A base backup is known by what it holds. */
    @Override
    public BaseBackup streamBaseBackup(Endpoint source, OutputStream to, Runnable look) {
        change("streamBaseBackup", cutOff("pg_basebackup", () -> {}), () -> {
            var base = World.copy(dumps().server(source), new IdentityHashMap<>());
            base.slots.clear(); // they are not replicated
            var text = "base of " + base.content.databases.keySet() + " with " + base.content.roles.keySet();
            world().bases.put(text, base);
            try {
                to.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        var lsn = new Lsn(0x3000148);
        return new BaseBackup(1, lsn, lsn);
    }

    @Override
    public void unpackBaseBackup(InputStream from, Path path) {
        change("unpack " + path, cutOff("pg_verifybackup", () -> {}), () -> {
            refuseTaken(path);
            try {
                var base = world().bases.get(new String(from.readAllBytes(), StandardCharsets.UTF_8));
                var directory = World.copy(base, new IdentityHashMap<>());
                directory.running = false;
                directory.follows = null;
                directory.slot = "";
                directory.applicationName = "";
                world().directories.put(path, directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void prepareRecovery(
            Path path, Map<String, String> settings, Admitted admitted, String restoreCommand, RecoveryTarget target) {
        change("prepareRecovery " + path, null, () -> {
            var all = new TreeMap<>(settings);
            all.put("recovery_target", target.type().name());
            directory(path).settings = all;
        });
    }

    @Override
    public void endRecovery(Path path, Admitted admitted) {
        change("endRecovery " + path, null, () -> directory(path).settings.remove("recovery_target"));
    }

    @Override
    public WalCopy walCopy(Path path) {
        return new WorldWalCopy(stage, path);
    }

    @Override
    public void remove(Path path) {
        Runnable half = () -> {
            world().stop(path);
            var directory = world().directories.get(path);
            if (directory != null) {
                directory.initialized = false;
            }
        };
        change("remove " + path, half, () -> {
            world().stop(path);
            world().directories.remove(path);
            world().removeFiles(path.toString());
        });
    }

    @Override
    public void tryOut(Path directory) {
        throw new UnsupportedOperationException("hosts are made before a law begins");
    }

    @Override
    public boolean exists(Path path) {
        return stage.faults()
                .read(
                        Port.PROGRAM,
                        "exists " + path,
                        () -> world().directories.containsKey(path) || world().hasFiles(path.toString()));
    }

    @Override
    public int freePort() {
        return stage.faults().read(Port.PROGRAM, "freePort", () -> world().nextPort++);
    }

    @Override
    public Path archiveScript(Path path) {
        return path.resolveSibling(path.getFileName() + ".archive-wal");
    }

    @Override
    public boolean hasArchiveScript(Path path) {
        return stage.faults().read(Port.PROGRAM, "hasArchiveScript " + path, () -> directory(path).archiveScript);
    }

    @Override
    public void writeArchiveScript(Path path) {
        change("writeArchiveScript " + path, null, () -> directory(path).archiveScript = true);
    }

    @Override
    public void removeArchiveScript(Path path) {
        change("removeArchiveScript " + path, null, () -> directory(path).archiveScript = false);
    }

    /** Servers of the world archive by themselves. */
    @Override
    public WalHandover walHandover(Path path) {
        throw new UnsupportedOperationException(path.toString());
    }

    @Override
    public Optional<WalCommit> lastCommit(Path directory, String firstSegment, String lastSegment) {
        return stage.faults().read(Port.PROGRAM, "lastCommit", Optional::empty);
    }

    @Override
    public List<String> dump(DumpRequest request, Path target) {
        change(
                "dump " + request.database(),
                cutOff("pg_dump", () -> dumps().half(target)),
                () -> dumps().dump(request, target));
        return List.of();
    }

    @Override
    public void dumpGlobals(Endpoint source, Path target) {
        change(
                "dumpGlobals",
                cutOff("pg_dumpall", () -> dumps().half(target)),
                () -> dumps().dumpGlobals(source, target));
    }

    @Override
    public List<String> restore(Path dump, RestoreRequest request) {
        change(
                "restore " + request.database(),
                cutOff("pg_restore", () -> dumps().halfRestore(dump, request)),
                () -> dumps().restore(dump, request));
        return List.of();
    }

    @Override
    public void restoreGlobals(Path globals, Endpoint target) {
        change("restoreGlobals", cutOff("psql", () -> {}), () -> dumps().restoreGlobals(globals, target));
    }

    @Override
    public void sampleData(Endpoint target, String database, int scale) {
        Consumer<Long> fill = rows -> dumps().database(target, database).tables.put("pgbench_accounts", rows);
        change("sampleData", cutOff("pgbench", () -> fill.accept(1L)), () -> fill.accept(100_000L * scale));
    }

    @Override
    public int endProcesses(UUID operation, long beforeEpoch) {
        change(
                "endProcesses",
                null,
                () -> world().leftovers
                        .removeIf(left -> left.server() == null
                                && left.operation().equals(operation)
                                && left.epoch() < beforeEpoch));
        return 0;
    }
}
