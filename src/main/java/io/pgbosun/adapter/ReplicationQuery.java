package io.pgbosun.adapter;

import io.pgbosun.host.Lsn;
import io.pgbosun.host.TimelineSwitch;
import io.pgbosun.host.WalReceiver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Asks a server whom it follows, and how its timeline came to be. */
final class ReplicationQuery {
    private static final String RECEIVER = """
            select status = 'streaming', extract(epoch from clock_timestamp() - last_msg_receipt_time)::float8,
                   (select setting::float8 / 1000 from pg_settings where name = 'wal_receiver_timeout')
            from pg_stat_wal_receiver where last_msg_receipt_time is not null""";
    /** A timeline's own file tells of those before it; the first one has none. */
    private static final String HISTORY = """
            with own as (
              select lpad(upper(to_hex(case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
                else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end)), 8, '0') as id)
            select line[1]::int, line[2]
            from own, regexp_split_to_table(pg_read_file('pg_wal/' || id || '.history', 0, 1000000, true), chr(10)) as text,
                 regexp_match(text, '^[[:space:]]*([0-9]+)[[:space:]]+([0-9A-F]+/[0-9A-F]+)') as line
            where line is not null""";

    /** The control file lags behind: it speaks of the last restartpoint. */
    private static final String TIMELINE = """
            select max(('x' || left(name, 8))::bit(32)::int) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'""";

    private ReplicationQuery() {}

    static int walTimeline(Connection connection) throws SQLException {
        return JdbcServer.rows(connection, TIMELINE, row -> row.getInt(1)).getFirst();
    }

    static Optional<WalReceiver> receiver(Connection connection) throws SQLException {
        return JdbcServer.rows(
                        connection,
                        RECEIVER,
                        row -> new WalReceiver(row.getBoolean(1), row.getDouble(2), row.getDouble(3)))
                .stream()
                .findFirst();
    }

    static List<TimelineSwitch> history(Connection connection) throws SQLException {
        return JdbcServer.rows(
                connection, HISTORY, row -> new TimelineSwitch(row.getInt(1), Lsn.parse(row.getString(2))));
    }
}
