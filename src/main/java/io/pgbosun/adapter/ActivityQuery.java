package io.pgbosun.adapter;

import io.pgbosun.host.Progress;
import io.pgbosun.host.ServerActivity;
import io.pgbosun.host.ServerTraces;
import io.pgbosun.host.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Asks a server who is at work there. */
final class ActivityQuery {
    private static final String ACTIVITY = """
            select (select count(*) from pg_prepared_xacts),
                   (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)
                    from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid())::float8,
                   (select count(*) from pg_stat_progress_basebackup),
                   current_setting('synchronous_standby_names')""";
    private static final String BASE_BACKUP = """
            select p.phase, p.backup_streamed, coalesce(p.backup_total, -1)
            from pg_stat_progress_basebackup p join pg_stat_activity a using (pid)
            where a.application_name = ?""";
    private static final String SLOTS =
            "select slot_name::text from pg_replication_slots where slot_type = 'physical' order by 1";
    private static final String SESSIONS = """
            select pid, application_name, backend_start::text from pg_stat_activity
            where application_name ~ '^pgbosun:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[1-9][0-9]{0,17}$' and pid <> pg_backend_pid() order by pid""";

    private ActivityQuery() {}

    static ServerActivity ask(Connection connection) throws SQLException {
        return JdbcServer.rows(
                        connection,
                        ACTIVITY,
                        row -> new ServerActivity(row.getInt(1), row.getDouble(2), row.getInt(3), row.getString(4)))
                .getFirst();
    }

    /** Of the base backup that the current run takes. */
    static Optional<Progress> baseBackup(Connection connection) throws SQLException {
        return JdbcServer.rows(
                        connection,
                        BASE_BACKUP,
                        row -> new Progress(
                                row.getString(1),
                                row.getLong(2),
                                row.getLong(3),
                                "bytes",
                                "pg_stat_progress_basebackup"),
                        Work.currentTag())
                .stream()
                .findFirst();
    }

    static ServerTraces traces(Connection connection) throws SQLException {
        return new ServerTraces(
                JdbcServer.rows(connection, SLOTS, row -> row.getString(1)),
                JdbcServer.rows(
                        connection,
                        SESSIONS,
                        row -> new ServerTraces.Session(row.getInt(1), row.getString(2), row.getString(3))));
    }
}
