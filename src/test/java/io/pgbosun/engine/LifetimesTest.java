package io.pgbosun.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What time alone ends: tokens, operations that run too long, operations that are old. */
@QuarkusTest
@WithTestResource(TestHome.class)
class LifetimesTest {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Api api = Api.admin();

    @Inject
    Store store;

    @Inject
    ClusterStore clusters;

    @Test
    void a_token_is_worth_nothing_once_it_has_expired() {
        var created = api.post("/v1/tokens", "{'principal':'guest','grants':[{'role':'VIEWER'}],'expiresInDays':1}")
                .jsonPath();
        var guest = Api.with(created.getString("value"));
        assertEquals(200, guest.get("/v1/clusters").statusCode());
        store.update(
                "update token set expires_at = now() where id = $1", UUID.fromString(created.getString("token.id")));
        var deadline = System.nanoTime() + PATIENCE_NANOS; // the service remembers what it read for a second
        while (guest.get("/v1/clusters").statusCode() != 401) {
            assertTrue(System.nanoTime() < deadline, "not expired");
            LockSupport.parkNanos(100_000_000);
        }
        assertTrue(guest.get("/v1/clusters").jsonPath().getString("detail").contains("expired"));
    }

    @Test
    void an_operation_that_runs_longer_than_its_kind_may_is_stopped_and_old_ones_are_forgotten() throws SQLException {
        api.succeed("/v1/clusters", "{'name':'life','provision':{'databases':['shop'],'seed':{}}}");
        var cluster = clusters.get("life");
        var url = "jdbc:postgresql://127.0.0.1:%d/shop"
                .formatted(cluster.instances().getFirst().port());
        String id;
        try (var application = DriverManager.getConnection(
                url, cluster.username(), cluster.password().reveal())) {
            application.setAutoCommit(false);
            application.createStatement().execute("lock table orders in row exclusive mode");
            id = api.started(api.post(
                    "/v1/clusters/life/maintenance/vacuum",
                    "{'full':true,'databases':['shop'],'tables':['orders'],'guard':{'lockTimeoutSeconds':300}}"));
            store.update("update operation set timeout_seconds = 1 where id = $1", UUID.fromString(id));
            var failed = api.ended(id);
            assertEquals("FAILED", failed.getString("state"));
            assertEquals("urn:pgbosun:problem:too-slow", failed.getString("problem.type"));
        }
        store.update("update operation set ended_at = now() - interval '100 days' where id = $1", UUID.fromString(id));
        var deadline = System.nanoTime() + PATIENCE_NANOS;
        while (api.get("/v1/operations/" + id).statusCode() != 404) {
            assertTrue(System.nanoTime() < deadline, "not forgotten");
            LockSupport.parkNanos(100_000_000);
        }
    }
}
