package io.pgbosun.adapter;

import io.pgbosun.host.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks at a running maintenance command from another session: how far it is, and whom it keeps waiting. */
final class MaintenanceWatch {
    /** Counters are told only in the phases that they count; in the others nobody knows how much is to do. */
    private static final String PROGRESS = """
            with worker(pid) as (values (?::int))
            select 'pg_stat_progress_vacuum', v.phase, v.relid::regclass::text, 'blocks',
                   case v.phase when 'scanning heap' then v.heap_blks_scanned
                                when 'vacuuming heap' then v.heap_blks_vacuumed else -1 end,
                   case when v.phase in ('scanning heap', 'vacuuming heap') then v.heap_blks_total else -1 end
            from pg_stat_progress_vacuum v join worker using (pid)
            union all
            select 'pg_stat_progress_cluster', c.phase, c.relid::regclass::text,
                   case c.phase when 'seq scanning heap' then 'blocks' when 'rebuilding index' then 'indexes'
                                else 'tuples' end,
                   case c.phase when 'seq scanning heap' then c.heap_blks_scanned
                                when 'index scanning heap' then c.heap_tuples_scanned
                                when 'writing new heap' then c.heap_tuples_written
                                when 'rebuilding index' then c.index_rebuild_count else -1 end,
                   case c.phase when 'seq scanning heap' then c.heap_blks_total else -1 end
            from pg_stat_progress_cluster c join worker using (pid)
            union all
            select 'pg_stat_progress_analyze', a.phase, a.relid::regclass::text, 'blocks',
                   case a.phase when 'acquiring sample rows' then a.sample_blks_scanned else -1 end,
                   case a.phase when 'acquiring sample rows' then a.sample_blks_total else -1 end
            from pg_stat_progress_analyze a join worker using (pid)
            union all
            select 'pg_stat_progress_create_index', i.phase, i.relid::regclass::text,
                   case when i.phase like 'waiting for %' then 'lockers'
                        when i.blocks_total > 0 then 'blocks' else 'tuples' end,
                   case when i.phase like 'waiting for %' then i.lockers_done
                        when i.blocks_total > 0 then i.blocks_done
                        when i.tuples_total > 0 then i.tuples_done else -1 end,
                   case when i.phase like 'waiting for %' then i.lockers_total
                        when i.blocks_total > 0 then i.blocks_total
                        when i.tuples_total > 0 then i.tuples_total else -1 end
            from pg_stat_progress_create_index i join worker using (pid)""";
    /** Waiting behind a command that itself waits for its lock counts too. */
    private static final String BLOCKING = """
            select count(distinct pid), coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)::float8
            from pg_locks
            where not granted and ? = any (pg_blocking_pids(pid))""";

    private static final double MILLIS = 1000;

    /**
     * Sessions that wait for the command.
     *
     * @param longest how long the one that waits longest has waited
     */
    record Blocking(int sessions, Duration longest) {}

    private final JdbcSession session;
    private final int pid;

    MaintenanceWatch(JdbcSession session, int pid) {
        this.session = session;
        this.pid = pid;
    }

    /** Empty between two tables and while the command waits for its lock. */
    Optional<Progress> progress() {
        return session
                .run(connection -> JdbcServer.rows(connection, PROGRESS, MaintenanceWatch::progress, pid))
                .stream()
                .findFirst();
    }

    private static Progress progress(ResultSet row) throws SQLException {
        var source = row.getString(1);
        var phase = row.getString(2) + " of " + row.getString(3);
        long done = row.getLong(5);
        return done < 0
                ? new Progress(phase, -1, -1, "", source)
                : new Progress(phase, done, row.getLong(6), row.getString(4), source);
    }

    Blocking blocking() {
        return session.run(connection -> JdbcServer.rows(
                        connection,
                        BLOCKING,
                        row -> new Blocking(row.getInt(1), Duration.ofMillis(Math.round(row.getDouble(2) * MILLIS))),
                        pid))
                .getFirst();
    }

    /** {@code pg_cancel_backend}. */
    List<Boolean> cancel() {
        return session.run(connection ->
                JdbcServer.rows(connection, "select pg_cancel_backend(?)", row -> row.getBoolean(1), pid));
    }
}
