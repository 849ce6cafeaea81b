package io.pgbosun.adapter;

import io.pgbosun.host.Lsn;
import io.pgbosun.host.ReplicationSlot;
import io.pgbosun.host.ReplicationState;
import io.pgbosun.host.ReplicationState.Upstream;
import io.pgbosun.host.TimelineSwitch;
import io.pgbosun.host.WalReceiver;
import io.pgbosun.host.WalSender;
import java.sql.Connection;
import java.sql.ResultSet;
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

    /** Up to where it has WAL that it can pass on. */
    private static final String OWN =
            "case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end";

    private static final String STATE = """
            select pg_is_in_recovery(), sender_host, sender_port, current_setting('max_wal_senders')::int,
                   current_setting('max_replication_slots')::int, current_setting('synchronous_standby_names')
            from (select) as one left join pg_stat_wal_receiver on status = 'streaming'""";

    private static final String SENDERS = """
            select application_name, host(client_addr), state, sync_state, sent_lsn::text, flush_lsn::text, replay_lsn::text,
                   greatest(0, pg_wal_lsn_diff(%s, replay_lsn))::bigint, extract(epoch from replay_lag)::float8
            from pg_stat_replication order by application_name, pid""".formatted(OWN);

    private static final String SLOTS = """
            select slot_name, slot_type, database, active, wal_status,
                   greatest(0, pg_wal_lsn_diff(%s, restart_lsn))::bigint, safe_wal_size
            from pg_replication_slots order by slot_name""".formatted(OWN);

    private static final int PROMOTED_WITHIN_SECONDS = 60;

    private ReplicationQuery() {}

    /** False when it still recovers. */
    static boolean promote(Connection connection) throws SQLException {
        var sql = "select pg_promote(true, " + PROMOTED_WITHIN_SECONDS + ")";
        return JdbcServer.rows(connection, sql, row -> row.getBoolean(1)).getFirst();
    }

    static ReplicationState state(Connection connection) throws SQLException {
        var senders = JdbcServer.rows(connection, SENDERS, ReplicationQuery::sender);
        var slots = JdbcServer.rows(connection, SLOTS, ReplicationQuery::slot);
        return JdbcServer.rows(
                        connection,
                        STATE,
                        row -> new ReplicationState(
                                row.getBoolean(1),
                                row.getString(2) == null ? null : new Upstream(row.getString(2), row.getInt(3)),
                                senders,
                                slots,
                                row.getInt(4),
                                row.getInt(5),
                                row.getString(6)))
                .getFirst();
    }

    private static WalSender sender(ResultSet row) throws SQLException {
        return new WalSender(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getObject(8, Long.class),
                row.getObject(9, Double.class));
    }

    private static ReplicationSlot slot(ResultSet row) throws SQLException {
        return new ReplicationSlot(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getString(5),
                row.getObject(6, Long.class),
                row.getObject(7, Long.class));
    }

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
