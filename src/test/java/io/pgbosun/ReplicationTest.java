package io.pgbosun;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Soon;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Standbys on real servers: one is added below another, commits wait for some, one is removed, slots are seen. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicationTest {
    private static final String CLUSTER = "/v1/clusters/following";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @Inject
    PgPrograms programs;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'following','provision':{'databases':['shop']}}");
        server("following-1").script("shop", "create table event (id integer primary key)");
    }

    private InstanceRecord instance(String name) {
        return clusters.get("following").instance(name).orElseThrow();
    }

    private Path directory(String name) {
        return Path.of(instance(name).dataDirectory());
    }

    private Server server(String name) {
        return servers.at(clusters.get("following").endpoint(instance(name)));
    }

    private JsonPath replication() {
        return api.get(CLUSTER + "/replication")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private String upstream(String name) {
        return replication().getString("instances.find { it.instance == '" + name + "' }.upstream");
    }

    @Test
    @Order(1)
    void the_first_standby_of_a_lone_primary_and_a_cascading_one_below_it_stream() {
        api.succeed(CLUSTER + "/wal-archive", "{}");
        var first = api.succeed(CLUSTER + "/instances", "{}");
        assertEquals("following-2", first.getString("result.instance"));
        assertEquals("following-1", first.getString("result.upstream"));
        var second = api.succeed(CLUSTER + "/instances", "{'upstream':'following-2'}");
        assertEquals("following-3", second.getString("result.instance"));
        server("following-1").script("shop", "insert into event values (1)");
        Soon.until(
                "the last one has it",
                () -> server("following-3")
                        .value("shop", "select id from event")
                        .isPresent());
        assertNull(upstream("following-1"));
        assertEquals("following-1", upstream("following-2"));
        assertEquals("following-2", upstream("following-3"));
    }

    @Test
    @Order(2)
    void a_switchover_chooses_one_that_streams_from_the_primary() {
        api.post(CLUSTER + "/switchovers?reason=a+test&preview=true", "{}")
                .then()
                .statusCode(200)
                .body("steps.name", hasItem("promote following-2"));
    }

    @Test
    @Order(2)
    void each_archives_by_a_script_of_its_own() {
        for (var name : List.of("following-1", "following-2", "following-3")) {
            var command = server(name).setting("archive_command").altered();
            assertTrue(command.contains(programs.archiveScript(directory(name)).toString()), command);
            assertTrue(programs.hasArchiveScript(directory(name)));
        }
    }

    @Test
    @Order(3)
    void commits_wait_for_a_standby_when_they_are_told_to_and_no_more_than_stream() {
        api.post(CLUSTER + "/replication", "{'synchronousStandbys':2}")
                .then()
                .statusCode(422)
                .body("detail", containsString("enough standbys stream"));
        assertFalse(server("following-1").facts().synchronous());
        var done = api.succeed(CLUSTER + "/replication", "{'synchronousStandbys':1}");
        assertEquals(
                "ANY 1 (\"following-1\", \"following-2\", \"following-3\")",
                done.getString("result.synchronousStandbyNames"));
        assertEquals(
                "quorum",
                replication().getString("instances.find { it.instance == 'following-1' }.senders[0].syncState"));
        server("following-1").script("shop", "insert into event values (2)");
    }

    @Test
    @Order(4)
    void a_standby_that_somebody_needs_is_not_removed() {
        api.delete(CLUSTER + "/instances/following-2")
                .then()
                .statusCode(422)
                .body("detail", containsString("commits do not wait for it"));
        api.delete(CLUSTER + "/instances/following-1")
                .then()
                .statusCode(422)
                .body("detail", containsString("another instance is the primary"));
    }

    @Test
    @Order(5)
    void commits_wait_for_nobody_again_and_standbys_go_with_their_data_and_slots() {
        api.succeed(CLUSTER + "/replication", "{'synchronousStandbys':0}");
        assertFalse(server("following-1").facts().synchronous());
        api.delete(CLUSTER + "/instances/following-2")
                .then()
                .statusCode(422)
                .body("detail", containsString("nobody follows it"));
        var cascading = directory("following-3");
        api.succeeded(api.delete(CLUSTER + "/instances/following-3"));
        assertFalse(Files.exists(cascading));
        assertFalse(Files.exists(programs.archiveScript(cascading)));
        assertFalse(server("following-2").slotExists("following_3"));
        assertEquals(List.of("following-1", "following-2"), replication().getList("instances.instance"));
    }

    @Test
    @Order(6)
    void a_slot_that_nobody_streams_by_is_seen_with_what_it_keeps() {
        programs.stop(directory("following-2"));
        server("following-1").script("shop", "insert into event select generate_series(10, 50000)");
        var seen = replication();
        var slot = "instances.find { it.instance == 'following-1' }.slots.find { it.name == 'following_2' }";
        assertFalse(seen.getBoolean(slot + ".active"));
        assertTrue(seen.getLong(slot + ".retainedBytes") > 1_000_000, seen::prettify);
        assertEquals("UNKNOWN", seen.getString("instances.find { it.instance == 'following-2' }.role"));
        programs.start(directory("following-2"));
        Soon.until("it streams again", () -> server("following-1").streamsTo("following-2"));
    }

    @Test
    @Order(7)
    void a_reload_tells_what_waits_for_a_restart_and_refuses_files_with_an_error() throws IOException {
        var file = directory("following-2").resolve("postgresql.conf");
        Files.writeString(file, "max_connections = 123\n", StandardOpenOption.APPEND);
        var done = api.succeed(CLUSTER + "/reloads", "{}");
        assertEquals(List.of("following-1", "following-2"), done.getList("result.instances.instance"));
        assertEquals(List.of(), done.getList("result.instances[0].pendingRestart"));
        assertEquals(List.of("max_connections"), done.getList("result.instances[1].pendingRestart"));
        Files.writeString(file, "work_mem = much\n", StandardOpenOption.APPEND);
        api.post(CLUSTER + "/reloads?preview=true", "{}")
                .then()
                .statusCode(200)
                .body(
                        "checks.find { it.name == 'the configuration files have no error' }.value",
                        containsString("work_mem"));
    }
}
