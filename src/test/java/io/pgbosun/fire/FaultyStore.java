package io.pgbosun.fire;

import io.pgbosun.fire.StoreFaults.Fault;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Store;
import io.pgbosun.store.StoreLocation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The real control database over a pool that goes wrong: every statement, begin and commit may be refused, may get lost
 * with its connection before the server has heard of it, or after the server has done it. It looks at no SQL, so that it
 * holds for whatever the store will say.
 */
@Alternative
@Singleton
class FaultyStore {
    private static final Set<String> USES = Set.of("execute", "executeBatch", "begin", "commit", "prepare");
    private static final Set<Class<?>> KINDS = Set.of(
            Pool.class,
            SqlConnection.class,
            PreparedQuery.class,
            Query.class,
            PreparedStatement.class,
            Transaction.class);

    private final StoreFaults faults;

    FaultyStore(StoreFaults faults) {
        this.faults = faults;
    }

    /** The hints come first, for with them the tables are made. */
    @Produces
    @Singleton
    @Alternative
    Store store(Vertx vertx, StoreLocation location, Hints hints) {
        var options = PgConnectOptions.fromUri(location.uri()).setCachePreparedStatements(true);
        var pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(20))
                .connectingTo(options)
                .using(vertx)
                .build();
        var killers = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(4))
                .connectingTo(options)
                .using(vertx)
                .build();
        return new Store((Pool) new Faulty(killers).wrapped(pool, null), Runnable::run);
    }

    /**
     * Wraps what belongs to a pool.
     *
     * @param killers connections by which the server is told to end others
     */
    private final class Faulty {
        private final Pool killers;
        private final Map<SqlConnection, Future<?>> lost = new ConcurrentHashMap<>();

        Faulty(Pool killers) {
            this.killers = killers;
        }

        /**
         * @param connection to which it belongs, null for what takes one of the pool by itself
         */
        Object wrapped(Object real, SqlConnection connection) {
            var kinds = KINDS.stream().filter(kind -> kind.isInstance(real)).toArray(Class<?>[]::new);
            if (kinds.length == 0) {
                return real;
            }
            var belongsTo = real instanceof SqlConnection itself ? itself : connection;
            InvocationHandler handler = (proxy, method, arguments) -> method.isDefault()
                    ? InvocationHandler.invokeDefault(proxy, method, arguments)
                    : used(real, belongsTo, method, () -> invoke(real, method, arguments));
            return Proxy.newProxyInstance(real.getClass().getClassLoader(), kinds, handler);
        }

        private Object used(Object real, SqlConnection connection, Method method, Supplier<Object> use) {
            if (!Future.class.isAssignableFrom(method.getReturnType())) {
                return wrapped(use.get(), connection);
            }
            if (connection != null && lost.containsKey(connection)) {
                return real == connection && method.getName().equals("close")
                        ? lost.get(connection)
                                .transform(dead -> (Future<?>) use.get()) // the pool must not get it alive
                        : Future.failedFuture(ClosedConnectionException.INSTANCE);
            }
            var fault = USES.contains(method.getName()) ? faults.next() : null;
            var answer = fault == null || isBracket(real, fault)
                    ? (Future<?>) use.get()
                    : gone(fault, real, connection, use);
            return answer.map(value -> wrapped(value, connection));
        }

        /** No server refuses a begin or a commit in READ COMMITTED. */
        private static boolean isBracket(Object real, Fault fault) {
            var refused = fault != Fault.LOST_BEFORE && fault != Fault.LOST_AFTER;
            return refused
                    && (real instanceof SqlConnection
                            || real instanceof Transaction
                            || !(real instanceof PreparedQuery));
        }

        private Future<?> gone(Fault fault, Object real, SqlConnection connection, Supplier<Object> use) {
            return switch (fault) {
                case SERIALIZATION -> refused(connection, "40001");
                case DEADLOCK -> refused(connection, "40P01");
                case TIMEOUT -> refused(connection, "57014");
                case LOST_BEFORE -> loss(connection, Future.succeededFuture());
                case LOST_AFTER -> loss(connection, (Future<?>) use.get());
            };
        }

        /** By the server itself, so that a transaction is aborted as it would be. */
        private Future<?> refused(SqlConnection connection, String state) {
            var client = connection == null ? killers : connection;
            return client.query("do $$ begin raise exception using errcode = '%s', message = 'by chance'; end $$"
                            .formatted(state))
                    .execute();
        }

        /**
         * From now on nothing that is said over the connection arrives; and once what was said is done, the server ends
         * its session, so that what was not committed is rolled back.
         */
        private Future<?> loss(SqlConnection connection, Future<?> done) {
            Future<?> loss = Future.failedFuture(ClosedConnectionException.INSTANCE);
            if (connection == null) {
                return done.transform(whatever -> loss);
            }
            Future<?> dead = done.transform(whatever -> killers.preparedQuery("select pg_terminate_backend($1, 5000)")
                    .execute(Tuple.of(((PgConnection) connection).processId())));
            lost.put(connection, dead);
            connection.exceptionHandler(ended -> {}); // it is told of by the loss
            return dead.transform(whatever -> loss);
        }
    }

    private static Object invoke(Object real, Method method, Object[] arguments) {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Beans that a profile must name for this. */
    static Stream<Class<?>> beans() {
        return Stream.of(StoreFaults.class, FaultyStore.class);
    }
}
