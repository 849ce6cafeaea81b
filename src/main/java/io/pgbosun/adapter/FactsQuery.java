package io.pgbosun.adapter;

import io.pgbosun.host.Lsn;
import io.pgbosun.host.ServerFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Asks a server what it is and where in the WAL it stands. */
final class FactsQuery {
    /** Whether it recovers is asked once, since it may be promoted meanwhile; what is asked of a standby works then too. */
    private static final String FACTS = """
            with server as materialized (select pg_is_in_recovery() as recovers),
            wal as materialized (
                select recovers,
                       case when recovers
                            then greatest((select max(received_tli) from pg_stat_wal_receiver),
                                          (select timeline_id from pg_control_checkpoint()),
                                          (select min_recovery_end_timeline from pg_control_recovery()))
                            else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
                       end as timeline,
                       case when recovers
                            then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                            else pg_current_wal_lsn()
                       end as written,
                       case when recovers then pg_last_wal_replay_lsn() end as replayed
                from server)
            select (select system_identifier::text from pg_control_system()) as system_identifier,
                   current_setting('server_version_num')::int as version,
                   recovers,
                   timeline,
                   written::text as written,
                   coalesce(replayed, written)::text as replayed,
                   case when recovers
                        then case when written = replayed then 0
                                  else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end
                   end::float8 as lag,
                   exists (select from pg_stat_replication where sync_state in ('sync', 'quorum')) as synchronous,
                   pg_postmaster_start_time() as started
            from wal""";

    private FactsQuery() {}

    static ServerFacts ask(Connection connection) throws SQLException {
        return JdbcServer.rows(connection, FACTS, FactsQuery::facts).getFirst();
    }

    private static ServerFacts facts(ResultSet row) throws SQLException {
        return new ServerFacts(
                row.getString("system_identifier"),
                row.getInt("version"),
                row.getBoolean("recovers"),
                row.getInt("timeline"),
                Lsn.parse(row.getString("written")),
                Lsn.parse(row.getString("replayed")),
                row.getObject("lag", Double.class),
                row.getBoolean("synchronous"),
                row.getObject("started", OffsetDateTime.class).toInstant());
    }
}
