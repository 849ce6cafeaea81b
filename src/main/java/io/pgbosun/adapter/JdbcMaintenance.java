package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.LockGuard;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.Progress;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Runs one maintenance command on one connection and watches it from a second. */
final class JdbcMaintenance {
    /** SQLSTATE class 01, which notices do not have. */
    private static final String WARNING_CLASS = "01";

    private static final Duration POLL = Duration.ofMillis(250);
    /** A cancelled command ends within milliseconds, unless the server is stuck. */
    private static final Duration CANCEL = Duration.ofSeconds(30);

    private final Endpoint endpoint;
    private final String database;
    private final LockGuard guard;
    private final Consumer<Progress> progress;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private Progress told;

    JdbcMaintenance(Endpoint endpoint, String database, LockGuard guard, Consumer<Progress> progress) {
        this.endpoint = endpoint;
        this.database = database;
        this.guard = guard;
        this.progress = progress;
    }

    /**
     * The watcher connects first: without it nothing would keep the command from blocking others. Answers what the server
     * warned of, such as tables that it skipped.
     */
    List<String> run(MaintenanceCommand command) {
        var sql = MaintenanceSql.of(database, command);
        try (var watching = JdbcSession.open(endpoint, database, Limits.read());
                var working = JdbcSession.open(endpoint, database, Limits.maintenance(guard.lockTimeout()))) {
            var running = new FutureTask<Void>(() -> working.run(connection -> {
                execute(connection, sql);
                return null;
            }));
            Thread.ofVirtual().name("maintenance").start(running);
            try {
                watch(running, new MaintenanceWatch(watching, working.pid()));
            } finally {
                if (!running.isDone()) {
                    working.abort();
                }
            }
        }
        return List.copyOf(warnings);
    }

    private void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            for (var warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                if (warning.getSQLState() != null && warning.getSQLState().startsWith(WARNING_CLASS)) {
                    warnings.add(warning.getMessage());
                }
            }
        }
    }

    private void watch(FutureTask<Void> running, MaintenanceWatch watch) {
        while (!ended(running, POLL)) {
            watch.progress().filter(now -> !now.equals(told)).ifPresent(this::tell);
            var blocking = watch.blocking();
            if (blocking.sessions() > 0 && blocking.longest().compareTo(guard.maxBlocking()) > 0) {
                giveWay(running, watch, blocking);
                return;
            }
        }
    }

    private void tell(Progress now) {
        told = now;
        progress.accept(now);
    }

    /** Cancels the command; one that ended well in the same moment has ended well. */
    private void giveWay(FutureTask<Void> running, MaintenanceWatch watch, MaintenanceWatch.Blocking blocking) {
        watch.cancel();
        Optional<Problem> failure = Optional.empty();
        try {
            if (ended(running, CANCEL)) {
                return;
            }
        } catch (Problem problem) {
            if (problem.type() != ProblemType.TOO_SLOW) {
                throw problem;
            }
            failure = Optional.of(problem);
        }
        var waited = blocking.longest().toMillis() / 1000.0;
        throw Problem.of(
                ProblemType.BUSY,
                "The command was cancelled at %s since %d session(s) waited for it, the longest for %.1f s; try again when fewer use the table, or allow it to block for longer."
                        .formatted(endpoint.display(), blocking.sessions(), waited),
                Map.of("server", endpoint.display(), "blockedSessions", blocking.sessions(), "blockedSeconds", waited),
                failure.orElse(null));
    }

    /** Waits for the end of the command, though not for longer than given; throws what it failed with. */
    private boolean ended(FutureTask<Void> running, Duration wait) {
        try {
            running.get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemType.CANCELLED, "The command was interrupted at " + endpoint.display() + ".", e);
        }
    }
}
