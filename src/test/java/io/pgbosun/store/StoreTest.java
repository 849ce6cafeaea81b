package io.pgbosun.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Soon;
import io.pgbosun.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StoreTest {
    @Test
    void a_connection_that_comes_when_nobody_waits_for_it_any_more_goes_back_to_the_pool() throws Exception {
        var coming = Promise.<SqlConnection>promise();
        var asked = new CompletableFuture<Void>();
        var pool = (Pool) Proxy.newProxyInstance(
                Pool.class.getClassLoader(), new Class<?>[] {Pool.class}, (proxy, method, arguments) -> {
                    assertEquals("getConnection", method.getName());
                    asked.complete(null);
                    return coming.future();
                });
        var closed = new AtomicBoolean();
        var connection = (SqlConnection) Proxy.newProxyInstance(
                Pool.class.getClassLoader(), new Class<?>[] {SqlConnection.class}, (proxy, method, arguments) -> {
                    assertEquals("close", method.getName());
                    closed.set(true);
                    return Future.succeededFuture();
                });
        var store = new Store(pool, Runnable::run);
        var problem = new CompletableFuture<ProblemType>();
        var waiting = Thread.ofVirtual()
                .start(() -> problem.complete(
                        Soon.problemOf(() -> store.tx(queries -> null)).type()));
        asked.join();
        waiting.interrupt();
        assertEquals(ProblemType.UNREACHABLE, problem.get());
        assertFalse(closed.get());
        coming.complete(connection);
        Soon.until("it is closed", closed::get);
        assertTrue(waiting.join(Duration.ofSeconds(10)));
    }
}
