package io.pgbosun.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "maintenance", description = "Vacuum, analyze, reindex and the like.")
final class MaintenanceCommand extends Noun {
    MaintenanceCommand(Session session) {
        super(session);
    }

    /** Which databases. */
    static final class Databases {
        @Option(names = "--database", split = ",", description = "Only it; repeatable; all when left out.")
        private List<String> databases;

        Body body() {
            return Body.of().texts("databases", databases);
        }
    }

    /** Which tables. */
    static final class Tables {
        @Option(names = "--table", split = ",", description = "Only it, with its schema unless public; repeatable.")
        private List<String> tables;
    }

    /** How long it may be in the way of others. */
    static final class Guard {
        @Option(
                names = "--lock-timeout-seconds",
                paramLabel = "S",
                description = "How long it waits for a lock before it gives up; 10 when left out.")
        private Integer lockTimeoutSeconds;

        @Option(
                names = "--max-blocking-seconds",
                paramLabel = "S",
                description = "How long others may wait for it before it stops itself; 30 when left out.")
        private Integer maxBlockingSeconds;

        Body body() {
            return Body.of()
                    .number("lockTimeoutSeconds", lockTimeoutSeconds)
                    .number("maxBlockingSeconds", maxBlockingSeconds);
        }
    }

    @Command(name = "vacuum", description = "Vacuums tables or whole databases.")
    int vacuum(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--full", description = "Rewrite the tables: nobody can use a table meanwhile.")
                    boolean full,
            @Option(names = "--freeze", description = "Freeze all rows.") boolean freeze,
            @Option(names = "--analyze", description = "Update the planner's statistics as well.") boolean analyze,
            @Mixin Databases databases,
            @Mixin Tables tables,
            @Mixin Guard guard,
            @Mixin StartOptions start) {
        var body = databases
                .body()
                .flag("full", full)
                .flag("freeze", freeze)
                .flag("analyze", analyze)
                .texts("tables", tables.tables)
                .body("guard", guard.body());
        return run(cluster, "vacuum", body, start);
    }

    @Command(name = "analyze", description = "Updates the planner's statistics.")
    int analyze(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Mixin Databases databases,
            @Mixin Tables tables,
            @Mixin Guard guard,
            @Mixin StartOptions start) {
        var body = databases.body().texts("tables", tables.tables).body("guard", guard.body());
        return run(cluster, "analyze", body, start);
    }

    @Command(name = "reindex", description = "Builds indexes anew, concurrently unless told otherwise.")
    int reindex(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(
                            names = "--scope",
                            paramLabel = "index|table|schema|database",
                            description = "database when left out.")
                    String scope,
            @Option(names = "--name", description = "The index, table or schema; for those scopes.") String name,
            @Option(names = "--no-concurrently", description = "Plain REINDEX, which locks out writers.")
                    boolean notConcurrently,
            @Mixin Databases databases,
            @Mixin Guard guard,
            @Mixin StartOptions start) {
        var body = databases
                .body()
                .constant("scope", scope)
                .text("name", name)
                .unless("concurrently", notConcurrently)
                .body("guard", guard.body());
        return run(cluster, "reindex", body, start);
    }

    @Command(name = "checkpoint", description = "Writes all changed pages to disk now.")
    int checkpoint(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return run(cluster, "checkpoint", Body.of(), start);
    }

    @Command(name = "no-op", description = "Does nothing, step by step: shows that operations are accepted and run.")
    int noOp(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--steps", description = "How many; 3 when left out.") Integer steps,
            @Option(names = "--step-millis", paramLabel = "MS", description = "How long each takes; 0 when left out.")
                    Integer stepMillis,
            @Option(names = "--exclusive", description = "Stand in line as what changes the cluster does.")
                    boolean exclusive,
            @Mixin StartOptions start) {
        var body = Body.of()
                .number("steps", steps)
                .number("stepMillis", stepMillis)
                .flag("exclusive", exclusive);
        return run(cluster, "no-op", body, start);
    }

    private int run(String cluster, String kind, Body body, StartOptions start) {
        return start.start(session, Call.post(body, "clusters", cluster, "maintenance", kind));
    }
}
