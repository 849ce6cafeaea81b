package io.pgbosun;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.RealPgBouncer;
import io.pgbosun.adapter.Soon;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A real PgBouncer before a real cluster: registered, configured, controlled, and led by a switchover. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PoolerTest {
    private static final String CLUSTER = "/v1/clusters/pooled";
    private static final String FRONT = CLUSTER + "/poolers/front";

    private final Api api = Api.admin();
    private RealPgBouncer pooler;

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    @BeforeAll
    void prepare() {
        api.succeed("/v1/clusters", "{'name':'pooled','provision':{'standbys':1,'databases':['shop']}}");
        var cluster = clusters.get("pooled");
        var primary = servers.at(cluster.endpoint(cluster.instances().getFirst()));
        primary.script(
                "shop",
                "create role %s login superuser password '%s'; create table event (id integer primary key)"
                        .formatted(RealPgBouncer.USER, RealPgBouncer.PASSWORD));
        pooler = RealPgBouncer.start(Path.of(home).resolveSibling("pooler"));
    }

    @AfterAll
    void end() throws IOException {
        pooler.close();
        try (var files = Files.list(pooler.folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(pooler.folder);
    }

    private String front(String user, String password, String file, String databases) {
        return "{'name':'front','address':'127.0.0.1','port':%d,'username':'%s','password':'%s','configFile':'%s','databases':%s}"
                .formatted(pooler.port, user, password, file, databases);
    }

    private String front() {
        return front(
                RealPgBouncer.ADMIN,
                RealPgBouncer.PASSWORD,
                pooler.databases().toString(),
                "[{'name':'shop','poolSize':2}]");
    }

    private void refused(String body, int status, String why) {
        api.post(CLUSTER + "/poolers", body).then().statusCode(status).body("detail", containsString(why));
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/shop?prepareThreshold=0&connectTimeout=5".formatted(pooler.port),
                RealPgBouncer.USER,
                RealPgBouncer.PASSWORD);
    }

    private static void run(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private JsonPath control(String action) {
        return api.succeed(CLUSTER + "/pooler-controls", "{'pooler':'front','action':'%s'}".formatted(action));
    }

    private JsonPath running() {
        return api.get(FRONT).then().statusCode(200).extract().jsonPath();
    }

    @Test
    @Order(1)
    void what_cannot_be_a_pooler_is_refused_with_what_is_wrong() throws IOException {
        var file = pooler.databases().toString();
        var databases = "[{'name':'shop'}]";
        refused(front(RealPgBouncer.ADMIN, "wrong", file, databases), 422, "login refused for user 'pgbadmin'");
        refused(front(RealPgBouncer.USER, RealPgBouncer.PASSWORD, file, databases), 422, "not allowed");
        refused(front(RealPgBouncer.STATS, RealPgBouncer.PASSWORD, file, databases), 422, "name it in admin_users");
        refused(
                front(RealPgBouncer.ADMIN, RealPgBouncer.PASSWORD, file + ".other", databases),
                422,
                "add the line '%include " + file + ".other'");
        refused(front().replace("" + pooler.port, "1"), 503, "does not answer");
        refused(front(RealPgBouncer.ADMIN, "x", file, "[{'name':'pgbouncer'}]"), 400, "not pgbouncer");
        refused(front(RealPgBouncer.ADMIN, "x", file, "[{'name':'shop'},{'name':'shop'}]"), 400, "different");
        refused(front(RealPgBouncer.ADMIN, "x", "/tmp/../tmp/x.ini", databases), 400, "without '..'");
        var own = Files.readString(pooler.databases());
        Files.writeString(pooler.databases(), "[pgbouncer]\nauth_type = any\n");
        refused(front(), 422, "more than the section [databases]");
        Files.writeString(pooler.databases(), own);
        assertEquals(List.of(), api.get(CLUSTER + "/poolers").jsonPath().getList("items"));
        api.post("/v1/clusters/nosuch/poolers", front()).then().statusCode(404);
    }

    @Test
    @Order(2)
    void a_pooler_is_registered_and_its_configuration_compared_and_applied() throws Exception {
        api.post(CLUSTER + "/poolers", front())
                .then()
                .statusCode(201)
                .body("running.version", containsString("1."))
                .body("running.problem", equalTo(""));
        api.post(CLUSTER + "/poolers", front()).then().statusCode(409);
        assertFalse(api.get(FRONT).asString().contains(RealPgBouncer.PASSWORD));
        var before = api.get(FRONT + "/config").jsonPath();
        assertFalse(before.getBoolean("agrees"));
        assertEquals("[databases]\n", before.getString("held"));
        assertTrue(before.getString("differences").contains("does not have 'shop'"));
        var plan = api.post(CLUSTER + "/pooler-configs?preview=true", "{'pooler':'front'}")
                .jsonPath();
        assertEquals(List.of(false), plan.getList("steps.findAll { it.effect == 'CHANGE' }.alreadySo"));
        var applied = api.succeed(CLUSTER + "/pooler-configs", "{'pooler':'front'}");
        assertTrue(applied.getBoolean("result.changed"));
        var after = api.get(FRONT + "/config").jsonPath();
        assertTrue(after.getBoolean("agrees"), after.prettify());
        assertEquals(after.getString("wanted"), after.getString("held"));
        assertEquals(2, after.getInt("running[0].poolSize"));
        assertFalse(
                api.succeed(CLUSTER + "/pooler-configs", "{'pooler':'front'}").getBoolean("result.changed"));
        try (var connection = connect()) {
            run(connection, "insert into event values (1)");
        }
    }

    @Test
    @Order(3)
    void while_it_is_paused_transactions_wait_and_go_on_when_it_is_resumed() throws Exception {
        control("PAUSE");
        assertEquals(List.of("shop"), running().getList("running.paused"));
        var inserted = CompletableFuture.runAsync(() -> {
            try (var connection = connect()) {
                run(connection, "insert into event values (2)");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        Soon.until("a client waits", () -> waiting() > 0);
        assertFalse(inserted.isDone());
        control("RESUME");
        inserted.get();
        assertEquals(List.of(), running().getList("running.paused"));
        control("DISABLE");
        assertEquals(List.of("shop"), running().getList("running.disabled"));
        control("ENABLE");
        control("RECONNECT");
        control("RELOAD");
        assertEquals(List.of(), running().getList("running.disabled"));
    }

    private int waiting() {
        return api.get(FRONT + "/pools").jsonPath().<Integer>getList("items.clWaiting").stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Test
    @Order(4)
    void a_pause_that_a_transaction_holds_up_is_taken_back_in_time() throws Exception {
        try (var connection = connect()) {
            run(connection, "begin");
            run(connection, "insert into event values (3)");
            var failed = api.ended(api.started(
                    api.post(CLUSTER + "/pooler-controls", "{'pooler':'front','action':'PAUSE','timeoutSeconds':1}")));
            assertEquals("FAILED", failed.getString("state"));
            assertEquals("urn:pgbosun:problem:too-slow", failed.getString("problem.type"));
            assertEquals(List.of(), running().getList("running.paused"));
            run(connection, "commit");
        }
    }

    @Test
    @Order(5)
    void what_is_not_of_the_pooler_is_refused() {
        api.post(CLUSTER + "/pooler-controls", "{'pooler':'front','action':'PAUSE','database':'postgres'}")
                .then()
                .statusCode(400)
                .body("detail", containsString("one of [shop]"));
        api.post(CLUSTER + "/pooler-controls", "{'pooler':'front','action':'RELOAD','database':'shop'}")
                .then()
                .statusCode(400);
        api.post(CLUSTER + "/pooler-controls", "{'pooler':'back','action':'RELOAD'}")
                .then()
                .statusCode(404);
    }

    @Test
    @Order(6)
    void exhaustion_is_seen_in_pools_clients_and_servers() throws Exception {
        try (var one = connect();
                var two = connect()) {
            for (var busy : List.of(one, two)) {
                run(busy, "begin");
                run(busy, "select 1");
            }
            var third = CompletableFuture.runAsync(() -> {
                try (var connection = connect()) {
                    run(connection, "select 1");
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
            Soon.until("the third waits", () -> waiting() == 1);
            var pool = api.get(FRONT + "/pools").jsonPath();
            assertEquals(2, pool.getInt("items[0].svActive"));
            assertEquals(0, pool.getInt("items[0].svIdle"));
            assertTrue(pool.getDouble("items[0].maxwaitSeconds") >= 0);
            assertEquals(
                    2, api.get(FRONT + "/servers").jsonPath().getList("items").size());
            run(one, "commit");
            run(two, "commit");
            third.get();
        }
        var stats = api.get(FRONT + "/stats").jsonPath();
        assertEquals("shop", stats.getString("items[0].database"));
        assertTrue(stats.getLong("items[0].totalXactCount") > 0);
    }

    @Test
    @Order(7)
    void a_switchover_leads_the_pooler_to_the_new_primary() throws Exception {
        try (var connection = connect()) {
            run(connection, "insert into event values (7)");
            var result = api.succeed(CLUSTER + "/switchovers?reason=a+test", "{}");
            assertEquals("pooled-2", result.getString("result.newPrimary"));
            run(connection, "insert into event values (8)");
        }
        assertTrue(api.get(FRONT + "/config").jsonPath().getBoolean("agrees"));
        assertEquals(List.of(), running().getList("running.paused"));
        var leads = api.get(FRONT + "/config").jsonPath().getInt("running[0].port");
        assertEquals(clusters.get("pooled").instances().get(1).port(), leads);
    }

    @Test
    @Order(8)
    void a_switchover_that_cannot_lead_a_pooler_is_refused_and_one_that_is_down_says_so() {
        control("PAUSE");
        api.post(CLUSTER + "/switchovers?reason=a+test", "{}")
                .then()
                .statusCode(422)
                .body("detail", containsString("the pooler front is not paused"));
        control("RESUME");
        pooler.stop();
        api.post(CLUSTER + "/switchovers?reason=a+test", "{}")
                .then()
                .statusCode(422)
                .body("detail", containsString("the pooler front can be led elsewhere"));
        assertTrue(running().getString("running.problem").contains("does not answer"));
        api.get(FRONT + "/pools").then().statusCode(503);
        pooler.start();
    }

    @Test
    @Order(9)
    void a_pooler_is_forgotten_and_runs_on() throws Exception {
        api.delete(FRONT).then().statusCode(204);
        api.get(FRONT).then().statusCode(404);
        try (var connection = connect()) {
            run(connection, "insert into event values (9)");
        }
    }
}
