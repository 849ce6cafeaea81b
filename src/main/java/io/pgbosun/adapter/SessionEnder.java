package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Ends sessions at a server that are in the way, and does what they were in the way of. */
final class SessionEnder {
    private static final int RENAME_TRIES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** The test of the number is first in the CASE, since a WHERE may be evaluated in any order. */
    private static final String LEFT_OVER = """
            from (
                select pid, substr(application_name, length(?::text) + 1) as epoch
                from pg_stat_activity
                where starts_with(application_name, ?::text) and pid <> pg_backend_pid()) s
            where case when epoch ~ '^[0-9]{1,18}$' then epoch::bigint < ? else false end""";

    private static final String END_LEFT_OVER = "select count(*) filter (where pg_terminate_backend(pid)) " + LEFT_OVER;
    private static final String COUNT_LEFT_OVER = "select count(*) " + LEFT_OVER;
    private static final String CLIENTS = """
            from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name !~ '^pgbosun(:|$)'""";
    private static final String END_CLIENTS = "select count(*) filter (where pg_terminate_backend(pid)) " + CLIENTS;
    private static final String COUNT_CLIENTS = "select count(*) " + CLIENTS;
    private static final String END_IN_DATABASE = """
            select pg_terminate_backend(pid)
            from pg_stat_activity
            where datname = ? and pid <> pg_backend_pid()""";

    private final Endpoint endpoint;

    SessionEnder(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Ends what older runs of the operation have open, and waits until it is gone. */
    int endLeftOver(UUID operation, long beforeEpoch) {
        return JdbcSession.call(
                endpoint,
                "postgres",
                Limits.read(),
                connection -> endLeftOver(connection, endpoint, operation, beforeEpoch));
    }

    static int endLeftOver(Connection connection, Endpoint endpoint, UUID operation, long beforeEpoch)
            throws SQLException {
        var prefix = Work.tagPrefix(operation);
        var ended = JdbcServer.rows(connection, END_LEFT_OVER, row -> row.getInt(1), prefix, prefix, beforeEpoch);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int left;
        while ((left = JdbcServer.rows(connection, COUNT_LEFT_OVER, row -> row.getInt(1), prefix, prefix, beforeEpoch)
                        .getFirst())
                > 0) {
            if (System.nanoTime() > deadline) {
                throw Problem.of(
                        ProblemType.TOO_SLOW,
                        left + " sessions of an earlier run do not end at " + endpoint.display() + ".",
                        Map.of("server", endpoint.display(), "operation", operation, "sessions", left));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return ended.getFirst();
    }

    /** New ones may come meanwhile: they are ended too, for as long as one has patience. */
    int endClients() {
        return JdbcSession.call(endpoint, "postgres", Limits.read(), connection -> {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            var ended = 0;
            do {
                ended += JdbcServer.rows(connection, END_CLIENTS, row -> row.getInt(1))
                        .getFirst();
                LockSupport.parkNanos(PAUSE.toNanos());
            } while (JdbcServer.rows(connection, COUNT_CLIENTS, row -> row.getInt(1))
                                    .getFirst()
                            > 0
                    && System.nanoTime() < deadline);
            return ended;
        });
    }

    /** A session may come back between its end and the rename, which locks new ones out: hence several tries. */
    void endAndRename(String seat, String from, String to) {
        var sql = "alter database " + Identifiers.quote(from) + " rename to " + Identifiers.quote(to);
        for (int tries = 1; ; tries++) {
            try {
                JdbcSession.call(endpoint, seat, Limits.work(), connection -> {
                    JdbcServer.rows(connection, END_IN_DATABASE, row -> row.getBoolean(1), from);
                    JdbcServer.run(connection, sql);
                    return null;
                });
                return;
            } catch (Problem problem) {
                if (problem.type() != ProblemType.BUSY || tries == RENAME_TRIES) {
                    throw problem;
                }
            }
        }
    }

    /** A WAL sender holds its slot for a moment after its standby has gone; one that stays is a problem {@code busy}. */
    void dropSlot(String slot) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        BooleanSupplier patient = () -> System.nanoTime() < deadline;
        while (!dropped(slot, patient)) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private boolean dropped(String slot, BooleanSupplier patient) {
        try {
            JdbcSession.call(
                    endpoint,
                    "postgres",
                    Limits.read(),
                    connection -> JdbcServer.rows(connection, """
                            select pg_drop_replication_slot(slot_name)::text
                            from pg_replication_slots
                            where slot_name = ? and slot_type = 'physical'""", row -> true, slot));
            return true;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.BUSY && patient.getAsBoolean()) {
                return false;
            }
            throw problem;
        }
    }
}
