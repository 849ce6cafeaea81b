package io.pgbosun.store;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Our control database; the only home of its connections. Blocking: call it on a virtual thread. */
public final class Store implements Queries {
    private static final Logger LOG = Logger.getLogger(Store.class);
    private static final int ANSWER_SECONDS = 30;
    private static final int TRIES = 5;

    private final Pool pool;
    private final Executor loop;

    /**
     * Over a pool of connections.
     *
     * @param loop runs what begins a use of the pool: best on the thread that its connections have, for each thread that a
     *     statement goes through makes it later
     */
    public Store(Pool pool, Executor loop) {
        this.pool = pool;
        this.loop = loop;
    }

    @Override
    public List<Row> query(String sql, Object... parameters) {
        return again(() -> rows(run(sql, parameters)));
    }

    @Override
    public int update(String sql, Object... parameters) {
        return again(() -> run(sql, parameters).rowCount());
    }

    /** Runs the body in one transaction (READ COMMITTED), anew when it met a deadlock or serialization failure. */
    public <T> T tx(Function<Queries, T> body) {
        return again(() -> once(body));
    }

    /**
     * Runs one statement while no other service holds the lock of that name. Its snapshot is taken once the lock is held,
     * and all of it is one round trip.
     *
     * @param lock a name of ours, without quotes
     */
    public List<Row> alone(String lock, String sql, Object... parameters) {
        var begin = "begin; select pg_advisory_xact_lock(hashtextextended('%s', 0))".formatted(lock);
        return again(() -> rows(awaitOnLoop(() -> pool.withConnection(connection -> {
            var locked = connection.query(begin).execute();
            var answer = connection.preparedQuery(sql).execute(tuple(parameters));
            var end = connection.query("commit").execute(); // a rollback, when one of them failed
            return Future.join(locked, answer, end).map(done -> answer.result());
        }))));
    }

    private static <T> T again(Supplier<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return work.get();
            } catch (Conflict e) {
                if (tries == TRIES) {
                    throw Problem.of(
                            ProblemType.UNREACHABLE, "The control database is too busy. Try again.", new Away(e));
                }
            }
        }
    }

    public void inTx(Consumer<Queries> body) {
        tx(queries -> {
            body.accept(queries);
            return null;
        });
    }

    private <T> T once(Function<Queries, T> body) {
        var connection = connection();
        try {
            var transaction = await(connection.begin());
            T answer;
            try {
                answer = body.apply(new InTransaction(connection));
            } catch (RuntimeException | Error e) {
                try {
                    await(transaction.rollback());
                } catch (RuntimeException rollback) {
                    e.addSuppressed(rollback); // a broken connection rolls back by itself
                }
                throw e;
            }
            await(transaction.commit());
            return answer;
        } finally {
            await(connection.close());
        }
    }

    /** One that comes when nobody waits for it any more goes back. */
    private SqlConnection connection() {
        var coming = onLoop(pool::getConnection);
        try {
            return await(coming);
        } catch (RuntimeException e) {
            coming.thenAccept(SqlConnection::close);
            throw e;
        }
    }

    private record InTransaction(SqlConnection connection) implements Queries {
        @Override
        public List<Row> query(String sql, Object... parameters) {
            return rows(run(sql, parameters));
        }

        @Override
        public int update(String sql, Object... parameters) {
            return run(sql, parameters).rowCount();
        }

        private RowSet<io.vertx.sqlclient.Row> run(String sql, Object... parameters) {
            return await(connection.preparedQuery(sql).execute(tuple(parameters)));
        }
    }

    private RowSet<io.vertx.sqlclient.Row> run(String sql, Object... parameters) {
        var tuple = tuple(parameters);
        return awaitOnLoop(() -> pool.preparedQuery(sql).execute(tuple));
    }

    private static List<Row> rows(RowSet<io.vertx.sqlclient.Row> set) {
        var rows = new ArrayList<Row>(set.size());
        for (var row : set) {
            rows.add(new Row(row));
        }
        return rows;
    }

    private static Tuple tuple(Object... parameters) {
        var tuple = Tuple.tuple();
        for (var parameter : parameters) {
            tuple.addValue(
                    switch (parameter) {
                        case Instant instant -> instant.atOffset(ZoneOffset.UTC);
                        case Enum<?> constant -> constant.name();
                        case null -> null;
                        default -> parameter;
                    });
        }
        return tuple;
    }

    private <T> T awaitOnLoop(Supplier<Future<T>> begin) {
        return await(onLoop(begin));
    }

    private <T> CompletableFuture<T> onLoop(Supplier<Future<T>> begin) {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> {
            try {
                begin.get().onComplete(answer::complete, answer::completeExceptionally);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static <T> T await(Future<T> future) {
        return await(future.toCompletionStage().toCompletableFuture());
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw translated(e.getCause());
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    private static RuntimeException translated(Throwable cause) {
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (!(cause instanceof PgException pg)) {
            return unreachable(cause);
        }
        var state = pg.getSqlState();
        if ("40001".equals(state) || "40P01".equals(state)) {
            return new Conflict(pg);
        }
        if (state.startsWith("08") || state.startsWith("57") || state.startsWith("53") || state.startsWith("25006")) {
            return unreachable(pg); // 57014 too: it ran out of time, as it does when the server is too busy
        }
        if ("22021".equals(state) || "22P05".equals(state)) {
            return Problem.invalid("request", "a text holds the character U+0000", "Remove it.");
        }
        return new StoreFailure(pg);
    }

    private static Problem unreachable(Throwable cause) {
        LOG.debug("control database", cause);
        return Problem.of(
                ProblemType.UNREACHABLE,
                "The control database does not answer. Try again, with the same idempotency key: it may have been done.",
                new Away(cause));
    }

    /** Whether the problem is that our control database does not answer, and not a server that we look after. */
    public static boolean isAway(Problem problem) {
        return problem.getCause() instanceof Away;
    }

    private static final class Away extends RuntimeException {
        private static final long serialVersionUID = 1;

        Away(Throwable cause) {
            super(cause);
        }
    }

    /** A statement that our control database refused: a bug of ours. */
    public static final class StoreFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        StoreFailure(PgException cause) {
            super(cause.getSqlState() + ": " + cause.getErrorMessage(), cause);
        }
    }

    private static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1;

        Conflict(PgException cause) {
            super(cause);
        }
    }
}
