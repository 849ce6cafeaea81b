package io.pgbosun.law;

import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.TableName;
import io.pgbosun.law.World.Db;
import io.pgbosun.law.World.Directory;
import io.pgbosun.law.World.StoredFile;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** What pg_dump, pg_dumpall and pg_restore do in a world, whole and by half. */
record WorldDumps(World world) {
    static Problem failed(String detail) {
        return Problem.of(ProblemType.PROGRAM_FAILED, detail);
    }

    Directory server(Endpoint endpoint) {
        var server = world.listening(endpoint.port()).orElseThrow(() -> failed("connection refused"));
        var password = endpoint.username().equals(server.superuser)
                ? server.password
                : server.content.roles.get(endpoint.username());
        if (!endpoint.password().reveal().equals(password)) {
            throw failed("password authentication failed");
        }
        return server;
    }

    Db database(Endpoint endpoint, String name) {
        var database = server(endpoint).content.databases.get(name);
        if (database == null) {
            throw failed("database \"" + name + "\" does not exist");
        }
        return database;
    }

    void half(Path target) {
        world.files.put(target.toString(), StoredFile.of("half of it"));
    }

    void dump(DumpRequest request, Path target) {
        var database = database(request.source(), request.database()).copy();
        if (request.schemaOnly()) {
            database.tables.replaceAll((table, rows) -> 0L);
        }
        database.maintained.clear();
        var whole = new StoredFile("dump: " + database.show(), database, Map.of());
        switch (request.format()) {
            case CUSTOM -> put(target, whole);
            case DIRECTORY -> {
                world.removeFiles(target.toString());
                put(target.resolve("toc.dat"), whole);
                put(target.resolve("1.dat"), StoredFile.of("rows"));
            }
        }
    }

    void dumpGlobals(Endpoint source, Path target) {
        var roles = Map.copyOf(server(source).content.roles);
        var text = "roles " + roles.keySet().stream().sorted().toList();
        put(target, new StoredFile(text, null, roles));
    }

    private void put(Path file, StoredFile content) {
        if (!world.hasFiles(file.getParent().toString())
                && !world.hasFiles(file.getParent().getParent().toString())) {
            throw failed("could not open output file \"" + file + "\"");
        }
        world.files.put(file.toString(), content);
    }

    void restore(Path dump, RestoreRequest request) {
        var to = database(request.target(), request.database());
        var from = wanted(dump, request);
        if (from.tables.keySet().stream().anyMatch(to.tables::containsKey)) {
            throw failed("relation already exists");
        }
        to.tables.putAll(from.tables);
        to.indexes.putAll(from.indexes);
    }

    /** The first table, and none of its rows. */
    void halfRestore(Path dump, RestoreRequest request) {
        var to = database(request.target(), request.database());
        wanted(dump, request).tables.keySet().stream().limit(1).forEach(table -> to.tables.put(table, 0L));
    }

    /** What of a dump is restored. */
    private Db wanted(Path dump, RestoreRequest request) {
        var path = dump.toString();
        var file = world.files.getOrDefault(path, world.files.get(path + "/toc.dat"));
        if (file == null || file.dump() == null) {
            throw failed("input file does not appear to be a valid archive");
        }
        var roles = server(request.target()).content.roles;
        if (request.owners() && !roles.containsKey(file.dump().owner)) {
            throw failed("role \"" + file.dump().owner + "\" does not exist");
        }
        var wanted = file.dump().copy();
        var names = request.tables().stream().map(TableName::name).collect(Collectors.toSet());
        wanted.tables.keySet().removeIf(table -> !names.isEmpty() && !names.contains(table));
        return wanted;
    }

    void restoreGlobals(Path globals, Endpoint target) {
        var file = world.files.get(globals.toString());
        if (file == null || file.roles().isEmpty()) {
            throw failed("no globals in " + globals);
        }
        file.roles().forEach(server(target).content.roles::putIfAbsent);
    }
}
