package io.pgbosun.adapter;

import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.RestoreRequest;
import io.pgbosun.host.TableName;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** pg_dump, pg_dumpall, pg_restore and psql. */
final class DumpPrograms {
    private static final Pattern SQLSTATE = Pattern.compile("(?:ERROR|FATAL|PANIC):\\s+([0-9A-Z]{5})");
    private static final String DUPLICATE_OBJECT = "42710";

    private final PostgresBin bin;

    DumpPrograms(PostgresBin bin) {
        this.bin = bin;
    }

    List<String> dump(DumpRequest request, Path target) {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("-d", Conninfo.of(request.source(), request.database()), "--no-password"));
        arguments.addAll(List.of("-f", target.toString()));
        if (request.schemaOnly()) {
            arguments.add("--schema-only");
        }
        switch (request.format()) {
            case CUSTOM -> arguments.add("-Fc");
            case DIRECTORY -> {
                arguments.addAll(List.of("-Fd", "-j", String.valueOf(request.jobs())));
                // what a former try has left: pg_dump writes only into an empty directory
                FileTree.remove(target);
            }
        }
        return at(request.source(), "pg_dump", arguments).warnings();
    }

    void sampleData(Endpoint target, String database, int scale) {
        at(target, "pgbench", List.of("-i", "-q", "-s", String.valueOf(scale), Conninfo.of(target, database)));
    }

    /** The file is made before, so that the password hashes are never readable by others. */
    void dumpGlobals(Endpoint source, Path target) {
        IoProblem.doing(target, "cannot be written", () -> {
            Files.deleteIfExists(target);
            Files.createFile(target, FileTree.ONLY_OURS);
        });
        at(
                source,
                "pg_dumpall",
                List.of("--globals-only", "-d", Conninfo.of(source), "--no-password", "-f", target.toString()));
    }

    /** Selected tables are restored schema by schema: pg_restore would take every named table in every named schema. */
    List<String> restore(Path dump, RestoreRequest request) {
        if (request.tables().isEmpty()) {
            return restore(dump, request, List.of());
        }
        var warnings = new ArrayList<String>();
        var bySchema = request.tables().stream()
                .collect(Collectors.groupingBy(TableName::schema, TreeMap::new, Collectors.toList()));
        for (var schema : bySchema.entrySet()) {
            createSchema(request, schema.getKey());
            var selection = new ArrayList<String>(List.of("--strict-names", "--schema=" + schema.getKey()));
            schema.getValue().forEach(table -> selection.add("--table=" + table.name()));
            warnings.addAll(restore(dump, request, selection));
        }
        return warnings;
    }

    private List<String> restore(Path dump, RestoreRequest request, List<String> selection) {
        var arguments = new ArrayList<String>(List.of("--exit-on-error", "--no-password"));
        arguments.addAll(List.of("-d", Conninfo.of(request.target(), request.database())));
        arguments.addAll(List.of("-j", String.valueOf(request.jobs())));
        if (!request.owners()) {
            arguments.addAll(List.of("--no-owner", "--no-privileges"));
        }
        arguments.addAll(selection);
        arguments.add(dump.toString());
        return at(request.target(), "pg_restore", arguments).warnings();
    }

    /** A selection of tables does not bring their schema along. */
    private void createSchema(RestoreRequest request, String schema) {
        var sql = "create schema if not exists " + Identifiers.quote(schema);
        var arguments = psql(Conninfo.of(request.target(), request.database()));
        arguments.addAll(List.of("-v", "ON_ERROR_STOP=1", "-c", sql));
        at(request.target(), "psql", arguments);
    }

    void restoreGlobals(Path globals, Endpoint target) {
        var script = GlobalsScript.sparingExistingRoles(
                IoProblem.asking(globals, "cannot be read", () -> Files.readString(globals)));
        var arguments = psql(Conninfo.of(target, "postgres"));
        // the SQLSTATE alone: the text of an error may quote a statement with a password hash
        arguments.addAll(List.of("-v", "ON_ERROR_STOP=0", "-v", "VERBOSITY=sqlstate", "-f", "-"));
        judge(new LocalProcess(bin, "psql", arguments)
                .loggingInAt(target)
                .reading(Secret.of(script))
                .run()
                .orThrow());
    }

    private static void judge(ProgramOutcome outcome) {
        var states = SQLSTATE.matcher(outcome.errors())
                .results()
                .map(error -> error.group(1))
                .filter(state -> !state.equals(DUPLICATE_OBJECT))
                .distinct()
                .toList();
        if (!states.isEmpty()) {
            throw Problem.of(
                    ProblemType.PROGRAM_FAILED,
                    "psql could not load every role and tablespace of the dump: SQLSTATE " + String.join(", ", states)
                            + "; the server's log says more.",
                    Map.of("program", "psql", "sqlstates", states));
        }
    }

    private static List<String> psql(String conninfo) {
        return new ArrayList<>(List.of("-X", "-q", "--no-password", "-d", conninfo));
    }

    private ProgramOutcome at(Endpoint endpoint, String program, List<String> arguments) {
        return new LocalProcess(bin, program, arguments)
                .loggingInAt(endpoint)
                .run()
                .orThrow();
    }
}
