package io.pgbosun.law;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgbosun.store.Json;
import io.pgbosun.store.Store;
import java.util.ArrayList;
import java.util.List;

/** The rows of the control database that runbooks write: taken, compared and put back. */
final class ControlRows {
    private static final List<String> TABLES = List.of(
            "cluster",
            "instance",
            "database_labels",
            "backup",
            "drill",
            "wal_archive",
            "primary_change",
            "failover_drill",
            "pooler",
            "backup_policy");
    private static final List<String> NOT_COMPARED = List.of("password", "created_at", "source");

    private final Store store;
    private final Json json;

    ControlRows(Store store, Json json) {
        this.store = store;
        this.json = json;
    }

    /** All rows, as a JSON array a table. */
    String take() {
        var tables = TABLES.stream()
                .map("(select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]') from %s t)"::formatted)
                .toList();
        return store.one("select jsonb_build_array(" + String.join(", ", tables) + ")::text as rows")
                .orElseThrow()
                .text("rows");
    }

    void put(String rows) {
        if (take().equals(rows)) {
            return;
        }
        store.inTx(tx -> {
            tx.update("delete from drill");
            tx.update("delete from backup");
            tx.update("delete from cluster");
            tx.update("delete from backup_policy");
            tx.update("delete from primary_change");
            tx.update("delete from failover_drill");
            for (var i = 0; i < TABLES.size(); i++) {
                tx.update(
                        "insert into %1$s select * from jsonb_populate_recordset(null::%1$s, $1::text::jsonb -> %2$d)"
                                .formatted(TABLES.get(i), i),
                        rows);
            }
        });
    }

    /** One line a row, without what is not the same each time. */
    List<String> lines(String rows) {
        var tables = (ArrayNode) json.tree(rows);
        var lines = new ArrayList<String>();
        for (var i = 0; i < TABLES.size(); i++) {
            for (var row : tables.get(i)) {
                lines.add("row of " + TABLES.get(i) + ": " + line((ObjectNode) row));
            }
        }
        return lines;
    }

    private static String line(ObjectNode row) {
        row.remove(NOT_COMPARED);
        if (row.get("report") instanceof ObjectNode report) {
            report.remove(List.of("evidence", "candidates")); // what is seen may differ, what is done may not
        }
        if (row.get("manifest") instanceof ObjectNode manifest) {
            manifest.remove(NOT_COMPARED);
        }
        return row.toString();
    }
}
