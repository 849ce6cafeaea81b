package io.pgbosun.adapter;

import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.InstalledExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Asks a server for its databases, their extensions, and its roles. */
final class ContentQuery {
    static final String TABLES = """
            select n.nspname, c.relname
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and c.relpersistence <> 't'
              and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
            order by 1, 2""";
    /** An index is invalid too while it is built: those of a table that an index is being built on are left out. */
    static final String INVALID_INDEXES = """
            select n.nspname, c.relname
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            join pg_namespace n on n.oid = c.relnamespace
            where not i.indisvalid and c.relkind = 'i' and c.relpersistence <> 't'
              and not exists (
                  select from pg_stat_progress_create_index p
                  where p.relid = i.indrelid and p.datname = current_database())
            order by 1, 2""";

    private static final String DATABASES = """
            select datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), pg_database_size(oid)
            from pg_database
            where datallowconn and not datistemplate
            order by datname""";
    private static final String EXTENSIONS =
            "select current_database(), extname, extversion from pg_extension order by extname";
    private static final String ROLES = "select rolname from pg_roles where rolname !~ '^pg_' order by rolname";

    private ContentQuery() {}

    static List<DatabaseFacts> databases(Connection connection) throws SQLException {
        return JdbcServer.rows(
                connection,
                DATABASES,
                row -> new DatabaseFacts(row.getString(1), row.getString(2), row.getString(3), row.getLong(4)));
    }

    static List<InstalledExtension> extensions(Connection connection) throws SQLException {
        return JdbcServer.rows(
                connection,
                EXTENSIONS,
                row -> new InstalledExtension(row.getString(1), row.getString(2), row.getString(3)));
    }

    static List<String> roles(Connection connection) throws SQLException {
        return JdbcServer.rows(connection, ROLES, row -> row.getString(1));
    }
}
