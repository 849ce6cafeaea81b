package io.pgbosun.adapter;

import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.MaintenanceCommand.Analyze;
import io.pgbosun.host.MaintenanceCommand.Reindex;
import io.pgbosun.host.MaintenanceCommand.Vacuum;
import io.pgbosun.host.TableName;
import java.util.ArrayList;

/** Maintenance commands as PostgreSQL takes them. */
final class MaintenanceSql {
    private MaintenanceSql() {}

    static String of(String database, MaintenanceCommand command) {
        return switch (command) {
            case Vacuum vacuum -> vacuum(vacuum);
            case Analyze analyze -> "analyze" + ofTable(analyze.table());
            case Reindex reindex -> "reindex " + reindex(database, reindex);
        };
    }

    private static String vacuum(Vacuum vacuum) {
        var options = new ArrayList<String>();
        if (vacuum.full()) {
            options.add("full");
        }
        if (vacuum.freeze()) {
            options.add("freeze");
        }
        if (vacuum.analyze()) {
            options.add("analyze");
        }
        var listed = options.isEmpty() ? "" : " (" + String.join(", ", options) + ")";
        return "vacuum" + listed + ofTable(vacuum.table());
    }

    private static String ofTable(TableName table) {
        return table == null ? "" : " " + Identifiers.quote(table);
    }

    private static String reindex(String database, Reindex reindex) {
        var how = reindex.concurrently() ? "concurrently " : "";
        return switch (reindex.scope()) {
            case INDEX -> "index " + how + Identifiers.quote(reindex.name());
            case TABLE -> "table " + how + Identifiers.quote(reindex.name());
            case SCHEMA -> "schema " + how + Identifiers.quote(reindex.name().schema());
            case DATABASE -> "database " + how + Identifiers.quote(database);
        };
    }
}
