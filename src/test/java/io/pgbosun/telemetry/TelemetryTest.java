package io.pgbosun.telemetry;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.TestHome;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestHome.class)
class TelemetryTest {
    private static final String CLUSTER = "metered";

    private final Store store;
    private final StoreMetrics fleet;
    private final InstanceMetrics instances;

    TelemetryTest(Store store, StoreMetrics fleet, InstanceMetrics instances) {
        this.store = store;
        this.fleet = fleet;
        this.instances = instances;
    }

    @AfterEach
    void forget() {
        store.update("delete from operation where target = $1", "clusters/" + CLUSTER);
        store.update("delete from backup where cluster = $1", CLUSTER);
        store.update("delete from cluster where name = $1", CLUSTER);
    }

    private void cluster(int port) {
        store.update(
                "insert into cluster (name, driver, origin, username, ssl_mode) values ($1, 'NATIVE', 'REGISTERED', 'x', 'disable')",
                CLUSTER);
        store.update(
                "insert into instance (cluster, name, address, port) values ($1, $1 || '-1', '127.0.0.1', $2)",
                CLUSTER,
                port);
    }

    /** As Prometheus sees it; -1 when there is no such series. */
    private static double scraped(String series) {
        var text = given().get("/q/metrics").then().statusCode(200).extract().asString();
        return Arrays.stream(text.split("\n"))
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void health_needs_no_token_and_says_whether_the_control_database_answers() {
        given().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"))
                .body("checks.name", hasItem("control database"));
    }

    @Test
    void metrics_need_no_token_and_are_refreshed_in_the_background() throws InterruptedException {
        for (int i = 0; i < 100 && scraped("pgbosun_metrics_refresh_timestamp_seconds") <= 0; i++) {
            Thread.sleep(100);
        }
        var at = Instant.ofEpochSecond((long) scraped("pgbosun_metrics_refresh_timestamp_seconds"));
        assertTrue(at.isAfter(Instant.now().minusSeconds(60)), at.toString());
    }

    @Test
    void operations_that_have_not_ended_are_counted_by_kind_and_state() {
        var operation =
                "insert into operation (id, kind, target, state, spec, principal, channel, fingerprint, risk, cancel_effect, timeout_seconds, updated_at) "
                        + "values ($1, 'checkpoint', $2, $3, '{}', 'x', 'REST', '', 'LOW', 'SAFE', 60, $4)";
        store.update(operation, UUID.randomUUID(), "clusters/" + CLUSTER, "STUCK", Instant.now());
        store.update(operation, UUID.randomUUID(), "clusters/" + CLUSTER, "AWAITING_APPROVAL", Instant.now());
        fleet.refresh();
        assertEquals(1, scraped("pgbosun_operations{kind=\"checkpoint\",state=\"STUCK\"}"));
        assertEquals(1, scraped("pgbosun_operations{kind=\"checkpoint\",state=\"AWAITING_APPROVAL\"}"));
        assertEquals(0, scraped("pgbosun_operation_queue_age_seconds"));
        store.update("delete from operation where state = 'STUCK' and target = $1", "clusters/" + CLUSTER);
        fleet.refresh();
        assertEquals(-1, scraped("pgbosun_operations{kind=\"checkpoint\",state=\"STUCK\"}"));
    }

    @Test
    void the_newest_backup_and_drill_are_aged_and_vanish_with_their_cluster() {
        cluster(1);
        assertEquals(-1, scraped("pgbosun_backup_age_seconds{cluster=\"metered\"}"));
        store.update(
                "insert into repository (name, type, path) values ('metered', 'FILESYSTEM', '/nowhere') on conflict do nothing");
        var hour = Instant.now().minus(Duration.ofHours(1));
        backup("00000000-0000-7000-8000-000000000001", 1, hour.minus(Duration.ofHours(1)));
        backup("00000000-0000-7000-8000-000000000002", 4096, hour);
        drill("00000000-0000-7000-8000-000000000003", true, hour);
        drill("00000000-0000-7000-8000-000000000004", false, Instant.now());
        fleet.refresh();
        assertEquals(3600, scraped("pgbosun_backup_age_seconds{cluster=\"metered\"}"), 60);
        assertEquals(
                hour.getEpochSecond(),
                scraped("pgbosun_backup_last_success_timestamp_seconds{cluster=\"metered\"}"),
                1);
        assertEquals(4096, scraped("pgbosun_backup_size_bytes{cluster=\"metered\"}"));
        assertEquals(
                3600,
                scraped("pgbosun_drill_age_seconds{cluster=\"metered\"}"),
                60,
                "a drill that failed proves nothing");
        store.update("delete from cluster where name = $1", CLUSTER);
        fleet.refresh();
        assertEquals(-1, scraped("pgbosun_backup_age_seconds{cluster=\"metered\"}"));
        assertEquals(-1, scraped("pgbosun_drill_age_seconds{cluster=\"metered\"}"));
    }

    private void backup(String id, long bytes, Instant ended) {
        store.update("""
                insert into backup (id, cluster, labels, repository, type, confidence, size_bytes, manifest, started_at, ended_at)
                values ($1, $2, '{}', 'metered', 'LOGICAL', 'CHECKSUMMED', $3, '{}', $4, $4)
                """, UUID.fromString(id), CLUSTER, bytes, ended);
    }

    private void drill(String id, boolean passed, Instant at) {
        store.update(
                "insert into drill (id, cluster, backup, passed, report, created_at) values ($1, $2, $3, $4, '{}', $5)",
                UUID.fromString(id),
                CLUSTER,
                UUID.fromString("00000000-0000-7000-8000-000000000002"),
                passed,
                at);
    }

    @Test
    void an_instance_that_refuses_is_down() throws InterruptedException {
        cluster(1);
        instances.refresh();
        assertEquals(0, scraped("pgbosun_instance_up{cluster=\"metered\",instance=\"metered-1\"}"));
        store.update("delete from cluster where name = $1", CLUSTER);
        instances.refresh();
        assertEquals(-1, scraped("pgbosun_instance_up{cluster=\"metered\",instance=\"metered-1\"}"));
    }

    @Test
    void an_instance_that_says_nothing_is_down_after_a_few_seconds_and_asked_again_later()
            throws IOException, InterruptedException {
        try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            cluster(mute.getLocalPort());
            for (int round = 0; round < 2; round++) {
                var began = System.nanoTime();
                instances.refresh();
                assertTrue(System.nanoTime() - began < Duration.ofSeconds(8).toNanos());
                assertEquals(0, scraped("pgbosun_instance_up{cluster=\"metered\",instance=\"metered-1\"}"));
                assertEquals(
                        -1, scraped("pgbosun_instance_replay_lag_bytes{cluster=\"metered\",instance=\"metered-1\"}"));
            }
        }
    }
}
