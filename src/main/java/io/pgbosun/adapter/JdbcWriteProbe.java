package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.WriteProbe;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Writes over one session of pgjdbc, a transaction a row. */
@Singleton
public final class JdbcWriteProbe implements WriteProbe {
    private static final String DATABASE = "postgres";
    private static final String TABLE = "pgbosun_failover_drill";
    private static final String COLUMNS = " (id bigint primary key)";
    private static final String ONE_MORE = "insert into " + TABLE + " values (?)";
    /** A server that was ended says so at once. */
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);

    private final Clock clock;

    JdbcWriteProbe(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Acknowledged write(Endpoint server, Duration lasting, Runnable then) {
        try (var session = JdbcSession.open(server, DATABASE, Limits.work())) {
            session.run(connection -> {
                JdbcServer.run(connection, "drop table if exists " + TABLE);
                JdbcServer.run(connection, "create table " + TABLE + COLUMNS);
                return null;
            });
            var writer = new Writer(session);
            var thread = Thread.ofVirtual().name("write-probe").start(writer);
            if (thread.join(lasting)) {
                throw writer.end; // before anything was done to the server
            }
            then.run();
            if (!thread.join(ENDS_WITHIN)) {
                throw Problem.of(
                        ProblemType.TOO_SLOW,
                        "The server at %s was ended, and still holds a session.".formatted(server.display()));
            }
            return new Acknowledged(writer.rows, writer.last);
        } catch (InterruptedException stopping) {
            throw Problem.stopping(stopping);
        }
    }

    /** Its fields are read when its thread has ended. */
    private final class Writer implements Runnable {
        private final JdbcSession session;
        private long rows;
        private Instant last = clock.instant();
        private Problem end;

        Writer(JdbcSession session) {
            this.session = session;
        }

        @Override
        public void run() {
            try {
                session.run(this::write);
            } catch (Problem gone) {
                end = gone;
            }
        }

        private Void write(Connection connection) throws SQLException {
            try (var insert = connection.prepareStatement(ONE_MORE)) {
                while (true) {
                    insert.setLong(1, rows + 1);
                    insert.executeUpdate();
                    last = clock.instant();
                    rows++;
                }
            }
        }
    }

    @Override
    public void writeOne(Endpoint server) {
        JdbcSession.call(server, DATABASE, Limits.work(), connection -> {
            JdbcServer.run(
                    connection, "create table if not exists " + TABLE + COLUMNS); // it may be lost with all its rows
            JdbcServer.run(connection, "insert into " + TABLE + " values (0) on conflict do nothing");
            return null;
        });
    }

    @Override
    public long count(Endpoint server, long upTo) {
        var sql = "select count(*) from " + TABLE + " where id between 1 and ?";
        return JdbcSession.call(
                        server,
                        DATABASE,
                        Limits.work(),
                        connection -> JdbcServer.rows(connection, sql, row -> row.getLong(1), upTo))
                .getFirst();
    }
}
