package io.pgbosun.adapter;

import io.pgbosun.host.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Runs amcheck over every index and table of one database. */
final class Amcheck {
    private static final String INDEXES = """
            select n.nspname, c.relname, c.oid
            from pg_catalog.pg_index i
            join pg_catalog.pg_class c on c.oid = i.indexrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_am a on a.oid = c.relam
            where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence <> 't' and i.indisvalid and i.indisready
            order by 1, 2""";
    private static final String TABLES = """
            select n.nspname, c.relname, c.oid
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_am a on a.oid = c.relam
            where a.amname = 'heap' and c.relkind in ('r', 'm', 't') and c.relpersistence <> 't'
            order by 1, 2""";
    private static final String SCHEMA = """
            select n.nspname
            from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
            where e.extname = 'amcheck'""";
    /** A table that is broken all over would fill the memory with its complaints. */
    private static final int MOST_PER_TABLE = 100;

    /** A relation with its object id. */
    private record Relation(TableName name, long oid) {}

    private Amcheck() {}

    static List<String> findings(Connection connection) throws SQLException {
        JdbcServer.run(connection, "create extension if not exists amcheck");
        var schema = Identifiers.quote(
                JdbcServer.rows(connection, SCHEMA, row -> row.getString(1)).getFirst());
        var findings = new ArrayList<String>();
        for (var index : relations(connection, INDEXES)) {
            // returns nothing that counts: it is an error that tells of damage
            var sql = "select null from " + schema + ".bt_index_check(?::oid::regclass, true)";
            findings.addAll(check(connection, index, sql).stream()
                    .filter(Objects::nonNull)
                    .toList());
        }
        for (var table : relations(connection, TABLES)) {
            var sql = """
                    select format('block %%s, item %%s: %%s', blkno, offnum, msg)
                    from %s.verify_heapam(?::oid::regclass, check_toast => true) limit %d""".formatted(schema, MOST_PER_TABLE);
            findings.addAll(check(connection, table, sql));
        }
        return findings;
    }

    private static List<Relation> relations(Connection connection, String sql) throws SQLException {
        return JdbcServer.rows(
                connection,
                sql,
                row -> new Relation(new TableName(row.getString(1), row.getString(2)), row.getLong(3)));
    }

    /** An error about damaged data or files is a finding; the next relation is checked all the same. */
    private static List<String> check(Connection connection, Relation relation, String sql) throws SQLException {
        try {
            return JdbcServer.rows(connection, sql, row -> finding(relation, row.getString(1)), relation.oid());
        } catch (SQLException e) {
            var state = Objects.requireNonNullElse(e.getSQLState(), "");
            if (state.startsWith("XX") || state.startsWith("58")) {
                return List.of(finding(relation, SqlProblem.message(e)));
            }
            throw e;
        }
    }

    private static String finding(Relation relation, String said) {
        return said == null ? null : relation.name() + ": " + said;
    }
}
