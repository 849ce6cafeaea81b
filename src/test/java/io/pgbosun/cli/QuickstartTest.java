package io.pgbosun.cli;

import static io.pgbosun.cli.StubApi.json;
import static io.pgbosun.cli.StubApi.operation;
import static io.pgbosun.cli.StubApi.operationJson;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    private static final String NOTHING = "{\"items\":[]}";
    private static final String BACKUPS = "GET /v1/clusters/demo/backups";
    private static final String DRILL = "POST /v1/clusters/demo/drills";

    private StubApi api;

    @BeforeEach
    void start() throws IOException {
        var accepted = json(202, operationJson("QUEUED", ""));
        api = new StubApi()
                .on("GET /q/health/ready", json(200, "{}"))
                .on("GET /v1/operations", json(200, NOTHING))
                .on("GET /v1/operations/op-1/events", json(200, NOTHING))
                .on(
                        "GET /v1/clusters/demo/instances",
                        json(200, "{\"items\":[{\"state\":\"UP\"},{\"state\":\"DOWN\"}]}"))
                .on(
                        "GET /v1/clusters/demo/databases",
                        json(200, "{\"items\":[{\"name\":\"demo\",\"sizeBytes\":2048}]}"));
        for (var start : new String[] {
            "clusters",
            "clusters/demo/start",
            "clusters/demo/backups",
            "clusters/demo/drills",
            "clusters/demo/maintenance/vacuum",
            "clusters/demo/maintenance/reindex"
        }) {
            api.on("POST /v1/" + start, accepted);
        }
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void clusterIsThere(Instant made) {
        api.on("GET /v1/clusters/demo", json(200, "{\"name\":\"demo\",\"createTime\":\"%s\"}".formatted(made)));
    }

    private void newestBackup(String confidence, Instant taken) {
        api.on(
                BACKUPS,
                json(
                        200,
                        "{\"items\":[{\"id\":\"b-1\",\"confidence\":\"%1$s\",\"startTime\":\"%2$s\",\"endTime\":\"%2$s\"}]}"
                                .formatted(confidence, taken)));
    }

    @Test
    void a_proven_backup_of_a_moment_ago_is_not_made_again() {
        clusterIsThere(Instant.now().minusSeconds(900));
        newestBackup("ASSERTED", Instant.now().minusSeconds(600));
        api.on("GET /v1/operations/op-1", operation("SUCCEEDED", ",\"result\":{\"done\":[\"demo\"]}"));

        assertEquals(Cli.OK, api.run("quickstart"));

        assertTrue(api.out().contains("1 of 2 instances up, database demo holds 2.0 KiB"), api.out());
        assertTrue(api.out().contains("not needed: the newest backup is 10 min 00 s old and ASSERTED"), api.out());
        assertTrue(api.out().contains(api.url() + "/q/swagger-ui"), api.out());
        assertFalse((api.out() + api.err()).contains(StubApi.TOKEN));
        assertTrue(api.asked("POST /v1/clusters").isEmpty());
        assertTrue(api.asked(DRILL).isEmpty());
    }

    @Test
    void an_old_or_unproven_backup_is_made_again_and_proven() {
        clusterIsThere(Instant.now().minusSeconds(900));
        newestBackup("CHECKSUMMED", Instant.now());
        api.on("GET /v1/operations/op-1", operation("SUCCEEDED", ",\"result\":{}"));

        assertEquals(Cli.OK, api.run("quickstart"));

        var drill = api.asked(DRILL).getFirst().body();
        assertTrue(
                drill.contains(
                        "{\"type\":\"ROW_COUNT\",\"database\":\"demo\",\"table\":\"pgbench_accounts\",\"atLeast\":1000000}"),
                drill);
        assertTrue(drill.contains("\"maxAgeSeconds\":2592000"), drill);
        assertTrue(drill.contains("{\"type\":\"AMCHECK\",\"database\":\"demo\"}"), drill);
    }

    @Test
    void a_backup_of_an_earlier_cluster_of_that_name_proves_nothing() {
        clusterIsThere(Instant.now().minusSeconds(300));
        newestBackup("ASSERTED", Instant.now().minusSeconds(600));
        api.on("GET /v1/operations/op-1", operation("SUCCEEDED", ",\"result\":{}"));

        assertEquals(Cli.OK, api.run("quickstart"));

        assertEquals(1, api.asked(DRILL).size());
    }

    @Test
    void it_stops_at_what_did_not_succeed_and_says_what_that_was() {
        api.on(BACKUPS, json(200, NOTHING));
        api.on("GET /v1/operations/op-1", operation("FAILED", ",\"problem\":{\"title\":\"There is no space left\"}"));

        assertEquals(Cli.NOT_SUCCEEDED, api.run("quickstart"));

        var provision = api.asked("POST /v1/clusters").getFirst().body();
        assertTrue(provision.contains("\"seed\":{\"pgbenchScale\":10,\"orders\":50000}"), provision);
        assertTrue(api.out().contains("There is no space left."), api.out());
        assertTrue(api.out().contains("Stopped at: a cluster"), api.out());
        assertTrue(api.asked("POST /v1/clusters/demo/backups").isEmpty());
    }
}
