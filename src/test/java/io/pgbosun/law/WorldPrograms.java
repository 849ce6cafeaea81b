package io.pgbosun.law;

import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.Work;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.World.Content;
import io.pgbosun.law.World.Db;
import io.pgbosun.law.World.Directory;
import io.pgbosun.law.World.StoredFile;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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

    private static Problem failed(String detail) {
        return Problem.of(ProblemType.PROGRAM_FAILED, detail);
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

    private Directory directory(Path path) {
        var directory = world().directories.get(path);
        if (directory == null || !directory.initialized) {
            throw failed("directory \"" + path + "\" is not a database cluster directory");
        }
        return directory;
    }

    private Db database(Endpoint endpoint, String name) {
        var database = server(endpoint).content.databases.get(name);
        if (database == null) {
            throw failed("database \"" + name + "\" does not exist");
        }
        return database;
    }

    private Directory server(Endpoint endpoint) {
        var server = world().listening(endpoint.port()).orElseThrow(() -> failed("connection refused"));
        var password = endpoint.username().equals(server.superuser)
                ? server.password
                : server.content.roles.get(endpoint.username());
        if (!endpoint.password().reveal().equals(password)) {
            throw failed("password authentication failed");
        }
        return server;
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
            var directory = world().directories.get(path);
            return directory != null && directory.initialized;
        });
    }

    @Override
    public void configure(Path path, Map<String, String> settings) {
        change("configure " + path, null, () -> directory(path).settings = new TreeMap<>(settings));
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
    public void start(Path path) {
        change("start " + path, null, () -> {
            var directory = directory(path);
            var port = directory.settings.getOrDefault("port", "5432");
            if (!directory.running && world().listening(Integer.parseInt(port)).isPresent()) {
                throw failed("could not bind: address already in use");
            }
            directory.running = true;
        });
    }

    @Override
    public void stop(Path path) {
        change("stop " + path, null, () -> world().stop(path));
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
        var directory = world().directories.get(path);
        return directory != null && directory.running;
    }

    @Override
    public void baseBackup(Endpoint source, Path path, String slot) {
        change("baseBackup " + path, cutOff("pg_basebackup", () -> {}), () -> {
            refuseTaken(path);
            var from = server(source);
            if (!from.content.slots.contains(slot)) {
                throw failed("replication slot \"" + slot + "\" does not exist");
            }
            var directory = new Directory();
            directory.superuser = from.superuser;
            directory.password = from.password;
            directory.settings = new TreeMap<>(from.settings);
            directory.content = from.content;
            world().directories.put(path, directory);
        });
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
    public List<String> dump(DumpRequest request, Path target) {
        Runnable half = () -> world().files.put(target.toString(), StoredFile.of("half a dump"));
        change("dump " + request.database(), cutOff("pg_dump", half), () -> {
            var database = database(request.source(), request.database()).copy();
            if (request.schemaOnly()) {
                database.tables.replaceAll((table, rows) -> 0L);
            }
            database.maintained.clear();
            var whole = new StoredFile("dump: " + database.show(), database, Map.of());
            switch (request.format()) {
                case CUSTOM -> put(target, whole);
                case DIRECTORY -> {
                    world().removeFiles(target.toString());
                    put(target.resolve("toc.dat"), whole);
                    put(target.resolve("1.dat"), StoredFile.of("rows"));
                }
            }
        });
        return List.of();
    }

    private void put(Path file, StoredFile content) {
        if (!world().hasFiles(file.getParent().toString())
                && !world().hasFiles(file.getParent().getParent().toString())) {
            throw failed("could not open output file \"" + file + "\"");
        }
        world().files.put(file.toString(), content);
    }

    @Override
    public void dumpGlobals(Endpoint source, Path target) {
        Runnable half = () -> world().files.put(target.toString(), StoredFile.of("half the roles"));
        change("dumpGlobals", cutOff("pg_dumpall", half), () -> {
            var roles = Map.copyOf(server(source).content.roles);
            put(
                    target,
                    new StoredFile("roles " + roles.keySet().stream().sorted().toList(), null, roles));
        });
    }

    @Override
    public List<String> restore(Path dump, RestoreRequest request) {
        Runnable half = () -> restored(dump, request).tables.entrySet().stream()
                .limit(1)
                .forEach(table ->
                        database(request.target(), request.database()).tables.put(table.getKey(), 0L));
        change("restore " + request.database(), cutOff("pg_restore", half), () -> {
            var to = database(request.target(), request.database());
            var from = restored(dump, request);
            if (from.tables.keySet().stream().anyMatch(to.tables::containsKey)) {
                throw failed("relation already exists");
            }
            to.tables.putAll(from.tables);
            to.indexes.putAll(from.indexes);
        });
        return List.of();
    }

    /** What of a dump is restored. */
    private Db restored(Path dump, RestoreRequest request) {
        var path = dump.toString();
        var file = world().files.getOrDefault(path, world().files.get(path + "/toc.dat"));
        if (file == null || file.dump() == null) {
            throw failed("input file does not appear to be a valid archive");
        }
        var roles = server(request.target()).content.roles;
        if (request.owners() && !roles.containsKey(file.dump().owner)) {
            throw failed("role \"" + file.dump().owner + "\" does not exist");
        }
        var wanted = file.dump().copy();
        var names = request.tables().stream().map(table -> table.name()).collect(Collectors.toSet());
        wanted.tables.keySet().removeIf(table -> !names.isEmpty() && !names.contains(table));
        return wanted;
    }

    @Override
    public void restoreGlobals(Path globals, Endpoint target) {
        change("restoreGlobals", cutOff("psql", () -> {}), () -> {
            var file = world().files.get(globals.toString());
            if (file == null || file.roles().isEmpty()) {
                throw failed("no globals in " + globals);
            }
            file.roles().forEach(server(target).content.roles::putIfAbsent);
        });
    }

    @Override
    public void sampleData(Endpoint target, String database, int scale) {
        Consumer<Long> fill = rows -> database(target, database).tables.put("pgbench_accounts", rows);
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
