package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The main job on real PostgreSQL: provision, back up, prove, restore, maintain, delete. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobTest {
    private static final String CLUSTER = "/v1/clusters/main";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    @BeforeAll
    void provision() {
        var operation = api.succeed(
                "/v1/clusters",
                "{'name':'main','provision':{'standbys':1,'databases':['shop','empty'],'labels':{'env':'test'},'seed':{'orders':2000}}}");
        assertEquals(List.of("main-1", "main-2"), operation.getList("result.instances"));
    }

    @Test
    @Order(1)
    void a_new_cluster_has_a_primary_and_a_streaming_standby() {
        var instances = api.get(CLUSTER + "/instances").jsonPath();
        assertEquals(List.of("PRIMARY", "STANDBY"), instances.getList("items.role"));
        assertEquals(List.of("UP", "UP"), instances.getList("items.state"));
        assertTrue(instances.getLong("items[1].replayLagBytes") < 1_000_000);
        assertEquals(
                List.of("empty", "postgres", "shop"),
                api.get(CLUSTER + "/databases").jsonPath().getList("items.name"));
    }

    @Test
    @Order(2)
    void a_backup_is_taken_from_the_standby_and_proven_by_a_drill() throws IOException {
        var backup = api.succeed(CLUSTER + "/backups", "{'format':'DIRECTORY','jobs':2}")
                .getString("result.backup");
        var standby = api.get(CLUSTER + "/instances").jsonPath().getInt("items[1].port");
        var taken = api.get("/v1/backups/" + backup).jsonPath();
        assertEquals("127.0.0.1:" + standby, taken.getString("source"));
        assertEquals("CHECKSUMMED", taken.getString("confidence"));
        assertTrue(taken.getBoolean("globals"));
        var drill = api.succeed(
                CLUSTER + "/drills",
                "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'orders','atLeast':2000},"
                                .formatted(backup)
                        + "{'type':'FRESHNESS','database':'shop','table':'orders','column':'created_at','maxAgeSeconds':3600},"
                        + "{'type':'AMCHECK','database':'shop'},"
                        + "{'type':'SQL','database':'shop','query':'select count(*) from pgbench_accounts','expected':'100000'}]}");
        assertTrue(drill.getBoolean("result.drill.passed"));
        assertTrue(drill.getDouble("result.drill.recoverySeconds") > 0);
        var proven = api.get("/v1/backups/" + backup).jsonPath();
        assertEquals("ASSERTED", proven.getString("confidence"));
        assertEquals(List.of("RECORDED", "CHECKSUMMED", "ASSERTED"), proven.getList("evidence.level"));
        assertEquals(backup, api.get(CLUSTER + "/drills").jsonPath().getString("items[0].backup"));
        assertNothingIn("scratch");
    }

    @Test
    @Order(3)
    void a_drill_whose_assertion_fails_says_so_and_still_cleans_up() throws IOException {
        var failed = api.ended(api.started(api.post(
                CLUSTER + "/drills",
                "{'assertions':[{'type':'ROW_COUNT','database':'shop','table':'orders','atLeast':2001}]}")));
        assertEquals("FAILED", failed.getString("state"));
        assertEquals("urn:pgbosun:problem:assertion-failed", failed.getString("problem.type"));
        assertTrue(failed.getString("problem.detail").contains("2000 rows"));
        assertFalse(api.get(CLUSTER + "/drills").jsonPath().getBoolean("items[0].passed"));
        assertNothingIn("scratch");
    }

    @Test
    @Order(4)
    void a_restore_goes_aside_and_is_swapped_in_by_rename_with_the_old_one_kept() {
        var backup = newestBackup();
        var aside = api.succeed(
                CLUSTER + "/restores", "{'backup':'%s','database':'shop','into':'shop_aside'}".formatted(backup));
        assertEquals("shop_aside", aside.getString("result.database"));
        assertEquals(5, aside.getInt("result.tables"));
        assertNull(aside.getString("result.keptAs"));
        var swapped =
                api.succeed(CLUSTER + "/restores", "{'backup':'%s','database':'shop','swap':true}".formatted(backup));
        assertEquals("shop", swapped.getString("result.database"));
        var kept = swapped.getString("result.keptAs");
        assertTrue(kept.startsWith("shop_before_"));
        assertEquals(
                List.of("empty", "postgres", "shop", "shop_aside", kept),
                api.get(CLUSTER + "/databases").jsonPath().getList("items.name"));
    }

    @Test
    @Order(4)
    void selected_tables_are_restored_alone() {
        var some = api.succeed(
                CLUSTER + "/restores",
                "{'backup':'%s','database':'shop','into':'shop_orders','tables':['orders']}".formatted(newestBackup()));
        assertEquals(1, some.getInt("result.tables"));
    }

    @Test
    @Order(4)
    void a_restore_into_another_cluster_is_possible() {
        api.succeed("/v1/clusters", "{'name':'other','provision':{}}");
        var restored = api.succeed(
                "/v1/clusters/other/restores", "{'backup':'%s','database':'shop'}".formatted(newestBackup()));
        assertEquals("other", restored.getString("result.cluster"));
        assertEquals(5, restored.getInt("result.tables"));
        masked(newestBackup());
        api.succeeded(api.delete("/v1/clusters/other?confirm=other"));
    }

    /** The second script fails unless the first one was run, and nobody may connect yet. */
    private void masked(String backup) {
        var closed = "do $$ begin"
                + " if has_database_privilege($t$public$t$, current_database(), $t$connect$t$)"
                + " or exists (select from orders where amount <> 0) then raise $t$too early$t$; end if; end $$";
        var restores = "/v1/clusters/other/restores";
        var restore = "{'backup':'%s','database':'shop','into':'masked','scripts':[%s]}";
        var mask = "'update orders set amount = 0','%s'".formatted(closed);
        api.succeed(restores, restore.formatted(backup, mask));
        assertEquals("t", other("select has_database_privilege('public', 'masked', 'connect')"));
        assertEquals("t", other("select max(amount) = 0 from orders"));
        var failed = api.ended(api.started(api.post(
                restores, restore.formatted(backup, "'select 1','select 1/0'").replace("masked", "never"))));
        assertEquals("FAILED", failed.getString("state"));
        assertTrue(failed.getString("problem.detail").contains("division by zero"), failed.getString("problem.detail"));
        assertEquals("0", other("select count(*) from pg_database where datname = 'never'"));
    }

    private String other(String sql) {
        var record = clusters.get("other");
        return servers.at(record.endpoint(record.instances().getFirst()))
                .value("masked", sql)
                .orElse("");
    }

    @Test
    @Order(5)
    void maintenance_runs_over_databases_and_tables() {
        assertEquals(
                List.of("empty", "postgres", "shop"),
                api.succeed(CLUSTER + "/maintenance/analyze", "{'databases':['empty','postgres','shop']}")
                        .getList("result.done"));
        api.succeed(CLUSTER + "/maintenance/vacuum", "{'databases':['shop'],'tables':['orders'],'full':true}");
        api.succeed(CLUSTER + "/maintenance/reindex", "{'scope':'TABLE','databases':['shop'],'name':'orders'}");
        api.succeed(CLUSTER + "/maintenance/reindex", "{'scope':'SCHEMA','databases':['shop'],'name':'public'}");
        assertNotNull(api.succeed(CLUSTER + "/maintenance/checkpoint", "{}").getString("result.redoLsn"));
    }

    @Test
    @Order(6)
    void a_damaged_backup_is_found_by_name_and_never_restored() throws IOException {
        var backup =
                api.succeed(CLUSTER + "/backups", "{'databases':['empty']}").getString("result.backup");
        var dump = Path.of(home, "backups", backup, "database-1.dump");
        var bytes = Files.readAllBytes(dump);
        bytes[bytes.length / 2] ^= 1;
        Files.write(dump, bytes);
        for (var path : List.of("/drills", "/restores")) {
            var body =
                    path.equals("/drills") ? "{'backup':'%s'}" : "{'backup':'%s','database':'empty','into':'damaged'}";
            var failed = api.ended(api.started(api.post(CLUSTER + path, body.formatted(backup))));
            assertEquals("urn:pgbosun:problem:damaged", failed.getString("problem.type"));
            assertTrue(
                    failed.getString("problem.detail").contains("database-1.dump: checksum differs"),
                    failed.prettify());
        }
        Files.delete(dump);
        var missing = api.ended(api.started(api.post(CLUSTER + "/drills", "{'backup':'%s'}".formatted(backup))));
        assertTrue(missing.getString("problem.detail").contains("database-1.dump: missing"));
        assertFalse(
                api.get(CLUSTER + "/databases").jsonPath().getList("items.name").contains("damaged"));
    }

    @Test
    @Order(7)
    void the_newest_proven_backup_cannot_be_deleted_and_others_can() {
        var backups = api.get(CLUSTER + "/backups").jsonPath();
        var proven = backups.getString("items.find { it.confidence == 'ASSERTED' }.id");
        var refused = api.delete("/v1/backups/" + proven);
        assertEquals(422, refused.statusCode());
        assertEquals("urn:pgbosun:problem:not-possible", refused.jsonPath().getString("type"));
        api.succeeded(
                api.delete("/v1/backups/" + backups.getString("items.find { it.confidence == 'CHECKSUMMED' }.id")));
    }

    @Test
    @Order(8)
    void a_registered_cluster_is_connected_to_before_it_is_accepted() {
        var wrong = api.post(
                "/v1/clusters",
                "{'name':'reg','register':{'instances':[{'address':'127.0.0.1','port':1}],'username':'x','password':'canary-7f3a'}}");
        assertEquals(503, wrong.statusCode());
        assertFalse(wrong.asString().contains("canary"));
        var port = api.get(CLUSTER + "/instances").jsonPath().getInt("items[0].port");
        var managed = api.post(
                "/v1/clusters",
                "{'name':'reg','register':{'instances':[{'address':'127.0.0.1','port':%d}],'username':'postgres','password':'canary-7f3a'}}"
                        .formatted(port));
        assertEquals(422, managed.statusCode());
        assertTrue(
                managed.jsonPath().getString("detail").contains("login refused")
                        || managed.jsonPath().getString("detail").contains("refused"),
                managed.asString());
        assertFalse(managed.asString().contains("canary"));
    }

    @Test
    @Order(9)
    void instances_stop_and_start_in_order() {
        assertEquals(
                List.of("main-2", "main-1"),
                api.succeed(CLUSTER + "/stop", "{}").getList("result.instances"));
        assertEquals(
                List.of("DOWN", "DOWN"),
                api.get(CLUSTER + "/instances").jsonPath().getList("items.state"));
        var failed = api.ended(api.started(api.post(CLUSTER + "/maintenance/vacuum", "{}")));
        assertEquals("urn:pgbosun:problem:unreachable", failed.getString("problem.type"));
        api.succeed(CLUSTER + "/start", "{}");
        assertEquals(
                List.of("UP", "UP"), api.get(CLUSTER + "/instances").jsonPath().getList("items.state"));
    }

    @Test
    @Order(10)
    void deleting_a_cluster_wants_its_name_again_and_keeps_its_backups() throws IOException {
        assertEquals(400, api.delete(CLUSTER + "?confirm=mian").statusCode());
        var deleted = api.succeeded(api.delete(CLUSTER + "?confirm=main&finalBackupRepository=default"));
        assertNotNull(deleted.getString("result.finalBackup"));
        assertEquals(404, api.get(CLUSTER).statusCode());
        assertEquals(
                200,
                api.get("/v1/backups/" + deleted.getString("result.finalBackup"))
                        .statusCode());
        assertNothingIn("clusters/main");
    }

    private String newestBackup() {
        return api.get(CLUSTER + "/backups").jsonPath().getString("items[0].id");
    }

    private void assertNothingIn(String folder) throws IOException {
        var path = Path.of(home, folder);
        if (Files.exists(path)) {
            try (var left = Files.list(path)) {
                assertEquals(List.of(), left.toList());
            }
        }
    }
}
