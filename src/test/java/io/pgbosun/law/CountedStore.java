package io.pgbosun.law;

import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.Faults.Sort;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Store;
import io.pgbosun.store.StoreLocation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;

/** The real control database, where a run's own reads and writes are counted among its calls. */
@Alternative
@Singleton
class CountedStore {
    private static final int NAME_LENGTH = 48;

    private final Stage stage;

    CountedStore(Stage stage) {
        this.stage = stage;
    }

    /** The hints come first, for with them the tables are made. */
    @Produces
    @Singleton
    @Alternative
    Store store(Vertx vertx, StoreLocation location, Hints hints) {
        var options = PgConnectOptions.fromUri(location.uri())
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(512);
        var pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(8))
                .connectingTo(options)
                .using(vertx)
                .build();
        return new Store(counted(pool), Runnable::run);
    }

    private Pool counted(Pool pool) {
        return proxy(Pool.class, pool, (method, arguments) -> switch (method.getName()) {
            case "preparedQuery" -> counted((PreparedQuery<?>) invoke(pool, method, arguments), (String) arguments[0]);
            case "getConnection" -> counted("begin", () -> invoke(pool, method, arguments));
            default -> invoke(pool, method, arguments);
        });
    }

    private PreparedQuery<?> counted(PreparedQuery<?> query, String sql) {
        return proxy(
                PreparedQuery.class,
                query,
                (method, arguments) -> method.getName().equals("execute")
                        ? statement(sql, () -> invoke(query, method, arguments))
                        : invoke(query, method, arguments));
    }

    private Object statement(String sql, java.util.function.Supplier<Object> execute) {
        var words = sql.strip().replaceAll("\\s+", " ");
        var name = words.substring(0, Math.min(NAME_LENGTH, words.length()));
        if (!stage.faults().isRunner()) {
            return execute.get();
        }
        var sort = words.startsWith("select") ? Sort.READ : Sort.CHANGE;
        return stage.faults().call(sort, Port.STORE, "store: " + name, null, () -> ended(execute.get()));
    }

    /** A transaction is one call, whose effect is its commit. */
    private Object counted(String name, java.util.function.Supplier<Object> connect) {
        if (!stage.faults().isRunner()) {
            return connect.get();
        }
        stage.faults().read(Port.STORE, "store: " + name, () -> true);
        var connection = (SqlConnection) ended(connect.get()).result();
        return Future.succeededFuture(proxy(SqlConnection.class, connection, (method, arguments) -> {
            var answer = invoke(connection, method, arguments);
            if (method.getName().equals("close")) {
                ended(answer);
                stage.faults().change(Port.STORE, "store: ended", null, () -> {});
            }
            return answer;
        }));
    }

    /** Waits, so that what comes after is after the effect. */
    private static Future<?> ended(Object future) {
        var awaited = (Future<?>) future;
        try {
            awaited.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            return awaited; // whoever asked will see it
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return awaited;
    }

    private static <T> T proxy(Class<T> type, Object behind, BiFunction<Method, Object[], Object> handler) {
        return type.cast(Proxy.newProxyInstance(
                behind.getClass().getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> handler.apply(method, arguments)));
    }

    private static Object invoke(Object behind, Method method, Object[] arguments) {
        try {
            return method.invoke(behind, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
