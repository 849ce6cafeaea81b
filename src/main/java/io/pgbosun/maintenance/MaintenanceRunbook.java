package io.pgbosun.maintenance;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.Server;
import io.pgbosun.host.TableName;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What all maintenance has in common: one at a time a cluster, command after command, on the primary. */
@Singleton
class MaintenanceRunbook {
    private final ClusterStore clusters;
    private final Topology topology;

    MaintenanceRunbook(ClusterStore clusters, Topology topology) {
        this.clusters = clusters;
        this.topology = topology;
    }

    /** A list of names, for the journal. */
    record Databases(List<String> names) {}

    /** The cluster shared with others, its maintenance with none. */
    static List<LockRequest> locks(Target target) {
        return List.of(new LockRequest(target.toString(), false), new LockRequest(target + "/maintenance", true));
    }

    Server primary(Target target) {
        return topology.primary(clusters.get(target.id()));
    }

    /** Wanted databases and tables must be there. */
    void check(Target target, List<String> databases, List<String> tables, Checks checks) {
        var server = primary(target);
        var there = server.databases().stream().map(DatabaseFacts::name).toList();
        var missing = databases.stream().filter(name -> !there.contains(name)).toList();
        checks.need(
                "databases are there",
                missing.isEmpty(),
                missing.isEmpty() ? "all" : "missing " + missing,
                "existing databases",
                "Choose among " + there + ".");
        var chosen = databases.isEmpty() ? there : databases;
        if (missing.isEmpty() && !tables.isEmpty()) {
            for (var database : chosen) {
                var known = server.tables(database);
                var unknown = tables.stream()
                        .filter(table -> !known.contains(TableName.parse(table)))
                        .toList();
                checks.need(
                        "tables are in " + database,
                        unknown.isEmpty(),
                        unknown.isEmpty() ? "all" : "missing " + unknown,
                        "existing tables",
                        "Name the databases that have these tables.");
            }
        }
        checks.restsOn("databases", chosen);
    }

    /** One step a table, or a database when no tables are named. */
    MaintenanceResult run(
            Target target,
            String verb,
            List<String> databases,
            List<String> tables,
            Guard guard,
            Function<TableName, MaintenanceCommand> command,
            Steps steps) {
        var server = primary(target);
        var done = new ArrayList<String>();
        for (var database : chosen(server, databases, steps)) {
            if (tables.isEmpty()) {
                steps.act(
                        verb + " " + database,
                        () -> server.maintain(database, command.apply(null), guard.asLockGuard(), steps::progress)
                                .forEach(steps::warn));
                done.add(database);
            }
            for (var name : tables.stream().map(TableName::parse).distinct().toList()) {
                steps.act(
                        "%s %s of %s".formatted(verb, name, database),
                        () -> server.maintain(database, command.apply(name), guard.asLockGuard(), steps::progress)
                                .forEach(steps::warn));
                done.add(database + "." + name);
            }
        }
        return new MaintenanceResult(done);
    }

    List<String> chosen(Server server, List<String> databases, Steps steps) {
        return steps.get(
                        "choose the databases",
                        Databases.class,
                        () -> new Databases(
                                databases.isEmpty()
                                        ? server.databases().stream()
                                                .map(DatabaseFacts::name)
                                                .toList()
                                        : databases.stream().distinct().toList()))
                .names();
    }
}
