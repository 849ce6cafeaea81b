package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.RandomAccessFile;
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

/** Physical backups of a real server, and clusters that are made of them. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PhysicalBackupTest {
    private static final String CLUSTER = "/v1/clusters/whole";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    @BeforeAll
    void provision() {
        api.succeed(
                "/v1/clusters",
                "{'name':'whole','provision':{'standbys':1,'databases':['shop'],'labels':{'env':'test'},'seed':{'orders':500}}}");
    }

    private String value(String cluster, String sql) {
        ClusterRecord record = clusters.get(cluster);
        return servers.at(record.endpoint(record.instances().getFirst()))
                .value("shop", sql)
                .orElse("");
    }

    private String newestBackup() {
        return api.get(CLUSTER + "/backups").jsonPath().getString("items[0].id");
    }

    @Test
    @Order(1)
    void a_whole_server_is_copied_with_the_wal_that_it_needs_and_no_slot_is_left() {
        var taken = api.succeed(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP'}");
        assertEquals("WAL_COMPLETE", taken.getString("result.confidence"));
        var backup = api.get("/v1/backups/" + taken.getString("result.backup")).jsonPath();
        assertEquals("PHYSICAL", backup.getString("type"));
        assertEquals("PG_BASEBACKUP", backup.getString("engine"));
        assertEquals(1, backup.getInt("timeline"));
        assertTrue(backup.getString("stopLsn").contains("/"));
        assertEquals(List.of("postgres", "shop"), backup.getList("databases"));
        var record = clusters.get("whole");
        record.instances()
                .forEach(instance -> assertTrue(servers.at(record.endpoint(instance)).traces().slots().stream()
                        .noneMatch(slot -> slot.startsWith("pgbosun_backup_"))));
    }

    @Test
    @Order(2)
    void what_only_a_dump_knows_is_refused() {
        var refused = api.post(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP','databases':['shop']}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.jsonPath().getString("detail").contains("leave out databases"), refused.asString());
        var restore = api.post(CLUSTER + "/restores", "{'backup':'%s','database':'shop'}".formatted(newestBackup()));
        assertEquals(422, restore.statusCode());
        assertTrue(restore.jsonPath().getString("detail").contains("LOGICAL"), restore.asString());
    }

    @Test
    @Order(3)
    void a_drill_recovers_it_apart_from_all_others_and_proves_it() throws IOException {
        var drill = api.succeed(
                CLUSTER + "/drills",
                "{'assertions':[{'type':'ROW_COUNT','database':'shop','table':'orders','atLeast':500},"
                        + "{'type':'AMCHECK','database':'shop'},"
                        + "{'type':'SQL','database':'shop','query':'select setting from pg_settings where name = $$archive_mode$$','expected':'off'}]}");
        assertTrue(drill.getBoolean("result.drill.passed"));
        assertTrue(drill.getDouble("result.drill.recoverySeconds") > 0);
        var proven = api.get("/v1/backups/" + newestBackup()).jsonPath();
        assertEquals("ASSERTED", proven.getString("confidence"));
        try (var scratch = Files.list(Path.of(home, "scratch"))) {
            assertEquals(List.of(), scratch.toList());
        }
    }

    @Test
    @Order(3)
    void a_new_cluster_is_made_of_it_beside_its_source_and_masked_before_it_is_opened() {
        var made = api.succeed(
                "/v1/clusters",
                "{'name':'copy','recover':{'source':'whole','labels':{'env':'test'},'scripts':[{'database':'shop',"
                        + "'sql':'update orders set customer = $$masked$$; create role reader login'}]}}");
        assertEquals(2, made.getInt("result.timeline"));
        assertEquals("500", value("copy", "select count(*) from orders where customer = 'masked'"));
        assertEquals("0", value("whole", "select count(*) from orders where customer = 'masked'"));
        assertEquals("100000", value("copy", "select count(*) from pgbench_accounts"));
        assertEquals("f", value("copy", "select pg_is_in_recovery()"));
        assertEquals("", value("copy", "select setting from pg_settings where name = 'restore_command'"));
        assertEquals("UP", api.get("/v1/clusters/copy/instances").jsonPath().getString("items[0].state"));
        api.succeed("/v1/clusters/copy/backups", "{'engine':'PG_BASEBACKUP'}");
        api.succeeded(api.delete("/v1/clusters/copy?confirm=copy"));
    }

    @Test
    @Order(4)
    void a_script_that_fails_leaves_no_cluster_and_no_server() throws IOException {
        var failed = api.ended(
                api.started(
                        api.post(
                                "/v1/clusters",
                                "{'name':'unmasked','recover':{'source':'whole','scripts':[{'database':'shop','sql':'select 1/0'}]}}")));
        assertEquals("FAILED", failed.getString("state"));
        assertTrue(failed.getString("problem.detail").contains("division by zero"));
        assertEquals(404, api.get("/v1/clusters/unmasked").statusCode());
        try (var left = Files.walk(Path.of(home))) {
            assertFalse(left.anyMatch(path -> path.toString().contains("unmasked-1")));
        }
    }

    @Test
    @Order(5)
    void a_flipped_byte_is_found_and_nothing_is_made_of_it() throws IOException {
        var backup = newestBackup();
        var file = Path.of(home, "backups", backup, "base.tar.zst");
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            var one = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(one ^ 1);
        }
        var failed = api.ended(api.started(api.post(
                "/v1/clusters", "{'name':'flipped','recover':{'source':'whole','backup':'%s'}}".formatted(backup))));
        assertEquals("FAILED", failed.getString("state"));
        assertEquals("urn:pgbosun:problem:damaged", failed.getString("problem.type"));
        assertTrue(failed.getString("problem.detail").contains("base.tar.zst: checksum differs"));
        assertEquals(404, api.get("/v1/clusters/flipped").statusCode());
        var found = api.succeed("/v1/repositories/default/reconciliations", "{}");
        assertTrue(found.getList("result.disagreements.backup").contains(backup));
    }
}
