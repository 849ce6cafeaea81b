package io.pgbosun.maintenance;

import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.Server;
import io.pgbosun.host.TableName;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.regex.Pattern;

@Singleton
class ReindexHandler implements OperationHandler<Reindex, MaintenanceResult> {
    /** How REINDEX CONCURRENTLY names the index it builds and the one it replaces (PostgreSQL manual, REINDEX). */
    private static final Pattern LEFTOVER = Pattern.compile(".*_cc(new|old)\\d*");

    private final MaintenanceRunbook runbook;

    ReindexHandler(MaintenanceRunbook runbook) {
        this.runbook = runbook;
    }

    /** Indexes that were invalid before we began, and are not ours to drop. */
    record Invalid(List<TableName> indexes) {}

    @Override
    public void check(Target target, Reindex spec, Checks checks) {
        runbook.check(target, spec.databases(), List.of(), checks);
        checks.takesLock(
                spec.concurrently()
                        ? "SHARE UPDATE EXCLUSIVE on each table in turn: reading and writing go on"
                        : "SHARE on each table and ACCESS EXCLUSIVE on each index in turn: nobody can write meanwhile");
    }

    @Override
    public MaintenanceResult run(Target target, Reindex spec, Steps steps) {
        var server = runbook.primary(target);
        var databases = runbook.chosen(server, spec.databases(), steps);
        for (var database : databases) {
            var before = steps.get(
                    "note invalid indexes of " + database,
                    Invalid.class,
                    () -> new Invalid(server.invalidIndexes(database)));
            steps.act(
                    "reindex " + database,
                    () -> {
                        dropLeftovers(server, database, before); // of a run that died
                        server.maintain(database, command(spec), spec.guard().asLockGuard(), steps::progress)
                                .forEach(steps::warn);
                    },
                    () -> dropLeftovers(server, database, before));
        }
        return new MaintenanceResult(databases);
    }

    private static MaintenanceCommand.Reindex command(Reindex spec) {
        var name = spec.name() == null
                ? null
                : spec.scope() == MaintenanceCommand.Reindex.Scope.SCHEMA
                        ? new TableName(spec.name(), "")
                        : TableName.parse(spec.name());
        return new MaintenanceCommand.Reindex(spec.scope(), name, spec.concurrently());
    }

    private static void dropLeftovers(Server server, String database, Invalid before) {
        server.invalidIndexes(database).stream()
                .filter(index -> LEFTOVER.matcher(index.name()).matches()
                        && !before.indexes().contains(index))
                .forEach(index -> server.dropIndex(database, index));
    }
}
