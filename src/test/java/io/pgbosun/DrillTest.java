package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Server;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Drills on real servers are compared with the one before, and what they found stays, also when nothing could be restored. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrillTest {
    private static final String CLUSTER = "/v1/clusters/drilled";
    private static final String ROWS =
            "'assertions':[{'type':'ROW_COUNT','database':'shop','table':'orders','atLeast':1}]";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Topology topology;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'drilled','provision':{'databases':['shop'],'seed':{'orders':2000}}}");
        primary().script("shop", "create extension pg_trgm; create role clerk");
    }

    @AfterAll
    void delete() {
        api.succeeded(api.delete(CLUSTER + "?confirm=drilled"));
    }

    private Server primary() {
        return topology.primary(clusters.get("drilled"));
    }

    private String backup() {
        return api.succeed(CLUSTER + "/backups", "{}").getString("result.backup");
    }

    private JsonPath drill(String body) {
        return api.ended(api.started(api.post(CLUSTER + "/drills", body)));
    }

    private JsonPath newest() {
        return api.get(CLUSTER + "/drills?pageSize=1").jsonPath();
    }

    @Test
    @Order(1)
    void the_first_one_is_compared_with_none_and_tells_what_was_there() {
        var backup = backup();
        assertNull(api.get("/v1/backups/" + backup).jsonPath().get("lastDrill"));
        var drill = drill("{" + ROWS + "}");
        assertEquals("SUCCEEDED", drill.getString("state"), drill.prettify());
        assertNull(drill.getString("result.drill.comparedWith"));
        assertEquals(List.of("postgres", "shop"), drill.getList("result.drill.content.databases.name"));
        assertEquals(2000, drill.getInt("result.drill.content.tables[0].rows"));
        assertTrue(drill.getList("result.drill.content.extensions.name").contains("pg_trgm"));
        assertTrue(drill.getList("result.drill.content.roles").contains("clerk"));
        var last = api.get("/v1/backups/" + backup).jsonPath();
        assertEquals(drill.getString("id"), last.getString("lastDrill.id"));
        assertTrue(last.getBoolean("lastDrill.passed"));
        assertTrue(last.getDouble("lastDrill.recoverySeconds") > 0);
    }

    @Test
    @Order(2)
    void rows_an_extension_and_a_role_that_are_gone_fail_it_by_name() {
        var before = newest().getString("items[0].id");
        primary()
                .script(
                        "shop",
                        "delete from orders where id % 2 = 0 or id <= 3; drop extension pg_trgm; drop role clerk");
        var backup = backup();
        var failed = drill("{" + ROWS + "}");
        assertEquals("FAILED", failed.getString("state"), failed.prettify());
        var detail = failed.getString("problem.detail");
        assertTrue(detail.contains(before), detail);
        assertTrue(detail.contains("table shop.orders has 998 rows, and had 2000"), detail);
        assertTrue(detail.contains("extension pg_trgm is missing in database shop"), detail);
        assertTrue(detail.contains("role clerk is missing"), detail);
        var kept = newest();
        assertEquals(failed.getString("id"), kept.getString("items[0].id"));
        assertFalse(kept.getBoolean("items[0].passed"));
        assertEquals(before, kept.getString("items[0].comparedWith"));
        assertEquals(
                List.of("TABLE_SHRANK", "EXTENSION_MISSING", "ROLE_MISSING"), kept.getList("items[0].findings.type"));
        assertFalse(api.get("/v1/backups/" + backup).jsonPath().getBoolean("lastDrill.passed"));
        assertEquals("CHECKSUMMED", api.get("/v1/backups/" + backup).jsonPath().getString("confidence"));
    }

    @Test
    @Order(3)
    void what_is_meant_passes_without_a_comparison_and_is_what_the_next_ones_are_compared_with() {
        var meant = drill("{'compare':false," + ROWS + "}");
        assertEquals("SUCCEEDED", meant.getString("state"), meant.prettify());
        var next = drill("{'maxShrinkPercent':1," + ROWS + "}");
        assertEquals("SUCCEEDED", next.getString("state"), next.prettify());
        assertEquals(meant.getString("id"), next.getString("result.drill.comparedWith"));
        assertEquals(
                400, api.post(CLUSTER + "/drills", "{'maxShrinkPercent':101}").statusCode());
    }

    @Test
    @Order(4)
    void a_backup_that_cannot_be_restored_leaves_a_failed_drill_that_says_why() throws IOException {
        var backup = backup();
        Files.write(Path.of(home, "backups", backup, "globals.sql"), new byte[] {0});
        var failed = drill("{}");
        assertEquals("FAILED", failed.getString("state"));
        var kept = newest();
        assertEquals(failed.getString("id"), kept.getString("items[0].id"));
        assertFalse(kept.getBoolean("items[0].passed"));
        assertEquals(failed.getString("problem.detail"), kept.getString("items[0].failure"));
        assertNull(kept.get("items[0].content"));
        var last = api.get(CLUSTER + "/backups").jsonPath();
        assertEquals(backup, last.getString("items[0].id"));
        assertFalse(last.getBoolean("items[0].lastDrill.passed"));
    }
}
