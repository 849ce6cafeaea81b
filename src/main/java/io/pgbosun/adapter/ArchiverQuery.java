package io.pgbosun.adapter;

import io.pgbosun.host.ArchiverFacts;
import io.pgbosun.host.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Asks a primary how far its WAL is written and archived. */
final class ArchiverQuery {
    private static final String FACTS = """
            select archived_count, last_archived_wal, last_archived_time,
                   failed_count, last_failed_wal, last_failed_time,
                   (select count(*) from pg_ls_archive_statusdir() where name like '%.ready') as ready,
                   ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline,
                   pg_current_wal_lsn()::text as written,
                   (select setting::bigint from pg_settings where name = 'wal_segment_size') as segment_bytes,
                   (pg_snapshot_xmax(pg_current_snapshot())::text::numeric - 1) % 4294967296 as newest
            from pg_stat_archiver""";

    private ArchiverQuery() {}

    static ArchiverFacts ask(Connection connection) throws SQLException {
        return JdbcServer.rows(connection, FACTS, ArchiverQuery::facts).getFirst();
    }

    private static ArchiverFacts facts(ResultSet row) throws SQLException {
        return new ArchiverFacts(
                row.getLong("archived_count"),
                row.getString("last_archived_wal"),
                time(row, "last_archived_time"),
                row.getLong("failed_count"),
                row.getString("last_failed_wal"),
                time(row, "last_failed_time"),
                row.getLong("ready"),
                row.getInt("timeline"),
                Lsn.parse(row.getString("written")),
                row.getLong("segment_bytes"),
                row.getLong("newest"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** A segment that nothing is in yet is not switched: the name of the restore point is something. */
    static String switchWal(Connection connection) throws SQLException {
        JdbcServer.run(connection, "select pg_create_restore_point('pgbosun')");
        return JdbcServer.rows(connection, "select pg_walfile_name(pg_switch_wal())", row -> row.getString(1))
                .getFirst();
    }
}
