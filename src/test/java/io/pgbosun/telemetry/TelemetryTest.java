package io.pgbosun.telemetry;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgbosun.TestHome;
import io.pgbosun.backup.ArchiveStatus;
import io.pgbosun.backup.ArchiveStatus.ArchivingState;
import io.pgbosun.backup.ArchiveStatus.RecoveryPoint;
import io.pgbosun.backup.WalArchiving.Health;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.host.ReplicationSlot;
import io.pgbosun.host.ReplicationState;
import io.pgbosun.operation.OperationState;
import io.pgbosun.operation.OperationTelemetry;
import io.pgbosun.pooler.PoolerHealth;
import io.pgbosun.replication.Standbys.Seen;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestHome.class)
class TelemetryTest {
    private static final String CLUSTER = "metered";

    private final Store store;
    private final StoreMetrics fleet;
    private final RecoveryMetrics recovery;
    private final FailoverDrillMetrics failoverDrills;
    private final InstanceMetrics instances;
    private final ReplicationMetrics replication;
    private final PatroniMetrics patroni;
    private final PoolerMetrics poolers;
    private final WalMetrics wal;
    private final PolicyMetrics policies;
    private final OperationTelemetry operations;

    TelemetryTest(
            Store store,
            StoreMetrics fleet,
            RecoveryMetrics recovery,
            FailoverDrillMetrics failoverDrills,
            InstanceMetrics instances,
            ReplicationMetrics replication,
            PatroniMetrics patroni,
            PoolerMetrics poolers,
            WalMetrics wal,
            PolicyMetrics policies,
            OperationTelemetry operations) {
        this.store = store;
        this.fleet = fleet;
        this.recovery = recovery;
        this.failoverDrills = failoverDrills;
        this.instances = instances;
        this.replication = replication;
        this.patroni = patroni;
        this.poolers = poolers;
        this.wal = wal;
        this.policies = policies;
        this.operations = operations;
    }

    @AfterEach
    void forget() {
        store.update("delete from operation where target = $1", "clusters/" + CLUSTER);
        store.update("delete from backup where cluster = $1", CLUSTER);
        store.update("delete from failover_drill where cluster = $1", CLUSTER);
        store.update("delete from backup_policy where name = $1", CLUSTER);
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
        var hour = recoverable();
        fleet.refresh();
        recovery.refresh();
        assertEquals(3600, scraped("pgbosun_backup_age_seconds{cluster=\"metered\"}"), 60);
        assertEquals(3600, scraped("pgbosun_recovery_point_age_seconds{cluster=\"metered\"}"), 60);
        var logical = "{cluster=\"metered\",type=\"LOGICAL\"}";
        assertEquals(hour.getEpochSecond(), scraped("pgbosun_backup_last_success_timestamp_seconds" + logical), 1);
        assertEquals(4096, scraped("pgbosun_backup_size_bytes" + logical));
        assertEquals(1, scraped("pgbosun_backup_previous_size_bytes" + logical));
        assertEquals(
                3600,
                scraped("pgbosun_drill_age_seconds{cluster=\"metered\"}"),
                60,
                "a drill that failed proves nothing");
        assertEquals(0, scraped("pgbosun_drill_last_passed{cluster=\"metered\"}"), "the newest one failed");
        assertEquals(
                Instant.now().getEpochSecond(),
                scraped("pgbosun_drill_last_timestamp_seconds{cluster=\"metered\"}"),
                60);
        assertEquals(2.5, scraped("pgbosun_drill_last_recovery_seconds{cluster=\"metered\"}"));
        store.update("delete from cluster where name = $1", CLUSTER);
        fleet.refresh();
        recovery.refresh();
        for (var name : List.of(
                "pgbosun_backup_age_seconds",
                "pgbosun_recovery_point_age_seconds",
                "pgbosun_drill_age_seconds",
                "pgbosun_drill_last_passed",
                "pgbosun_drill_last_timestamp_seconds",
                "pgbosun_drill_last_recovery_seconds")) {
            assertEquals(-1, scraped(name + "{cluster=\"metered\"}"), name);
        }
        for (var name : List.of(
                "pgbosun_backup_last_success_timestamp_seconds",
                "pgbosun_backup_size_bytes",
                "pgbosun_backup_previous_size_bytes")) {
            assertEquals(-1, scraped(name + logical), name);
        }
    }

    @Test
    void the_newest_failover_drill_tells_what_it_cost_unless_it_came_to_nothing() {
        cluster(1);
        failoverDrill(1, true, "{'cost': {'withoutWritesSeconds': 1.5, 'lostRows': 2}}");
        failoverDrills.refresh();
        assertEquals(1, scraped("pgbosun_failover_drill_last_passed{cluster=\"metered\"}"));
        assertEquals(1.5, scraped("pgbosun_failover_drill_last_without_writes_seconds{cluster=\"metered\"}"));
        assertEquals(2, scraped("pgbosun_failover_drill_last_lost_rows{cluster=\"metered\"}"));
        failoverDrill(2, false, "{'failure': 'the backup is damaged'}");
        failoverDrills.refresh();
        assertEquals(0, scraped("pgbosun_failover_drill_last_passed{cluster=\"metered\"}"));
        assertEquals(-1, scraped("pgbosun_failover_drill_last_without_writes_seconds{cluster=\"metered\"}"));
        assertEquals(
                Instant.now().getEpochSecond(),
                scraped("pgbosun_failover_drill_last_timestamp_seconds{cluster=\"metered\"}"),
                60);
    }

    private void failoverDrill(int number, boolean passed, String report) {
        store.update(
                "insert into failover_drill (id, cluster, passed, report) values ($1, $2, $3, $4::text::jsonb)",
                new UUID(0x7000, number),
                CLUSTER,
                passed,
                report.replace('\'', '"'));
    }

    /** Two backups, the newest an hour old, a drill that passed then, and one that failed now. */
    private Instant recoverable() {
        store.update(
                "insert into repository (name, type, path) values ('metered', 'FILESYSTEM', '/nowhere') on conflict do nothing");
        var hour = Instant.now().minus(Duration.ofHours(1));
        backup("00000000-0000-7000-8000-000000000001", 1, hour.minus(Duration.ofHours(1)));
        backup("00000000-0000-7000-8000-000000000002", 4096, hour);
        drill("00000000-0000-7000-8000-000000000003", true, hour);
        drill("00000000-0000-7000-8000-000000000004", false, Instant.now());
        return hour;
    }

    @Test
    void rules_and_dashboard_name_only_metrics_that_are_exported() throws IOException, InterruptedException {
        cluster(1);
        var dashboard = Files.readString(Path.of("deploy/grafana/pgbosun.json"));
        var panels = new ObjectMapper().readTree(dashboard).get("panels");
        assertEquals(13, panels.size());
        var rules = Files.readString(Path.of("deploy/prometheus/pgbosun.rules.yml"));
        recoverable();
        store.update(
                "insert into operation (id, kind, target, state, spec, principal, channel, fingerprint, risk, cancel_effect, timeout_seconds, updated_at) "
                        + "values ($1, 'checkpoint', $2, 'STUCK', '{}', 'x', 'REST', '', 'LOW', 'SAFE', 60, $3)",
                UUID.randomUUID(),
                "clusters/" + CLUSTER,
                Instant.now());
        operations.ended("checkpoint", OperationState.FAILED, 1_000_000);
        fleet.refresh();
        recovery.refresh();
        failoverDrill(1, true, "{'cost': {'withoutWritesSeconds': 1.5, 'lostRows': 2}}");
        failoverDrills.refresh();
        instances.refresh();
        wal.show(Map.of(CLUSTER, new Health(archived(ArchivingState.WORKING), 0)));
        store.update(
                "insert into backup_policy (name, cluster, retention) values ($1, $1, '{\"keepLast\": 1}')", CLUSTER);
        policies.refresh();
        poolers.show(Map.of(CLUSTER, List.of(exhausted())));
        patroni.show(Map.of(CLUSTER, Optional.of(Optional.of(new PatroniCluster(List.of(), true)))));
        replication.show(Map.of(CLUSTER, List.of(standby())));
        var exported = names(given().get("/q/metrics").asString());
        for (var text : List.of(dashboard, rules)) {
            var named = names(text);
            assertTrue(named.size() > 5, named.toString());
            named.removeAll(exported);
            assertEquals(Set.of(), named, "named, and not exported");
        }
    }

    private static Seen standby() {
        var slot = new ReplicationSlot("metered_3", "physical", null, false, "extended", 9L, 9L);
        var state = new ReplicationState(true, null, List.of(), List.of(slot), 10, 10, "");
        return new Seen("metered-2", "127.0.0.1", 5432, state, null);
    }

    private static ArchiveStatus archived(ArchivingState state) {
        var known = state != ArchivingState.UNKNOWN;
        return new ArchiveStatus(
                CLUSTER,
                state,
                "",
                ArchiveMethod.SCRIPT,
                "default",
                "/nowhere",
                Instant.EPOCH,
                null,
                9,
                9,
                known ? 9L : null,
                known ? 4L : null,
                null,
                null,
                null,
                null,
                known ? 3L : null,
                known ? new RecoveryPoint("0/9000000", 77, 12.5) : null);
    }

    private static PoolerHealth.Health exhausted() {
        var pool = new PoolerPool("shop", "app", 2, 3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1.5, "transaction");
        return new PoolerHealth.Health("front", true, List.of(pool), Map.of("shop", 2), 1, 1);
    }

    @Test
    void a_pool_is_told_with_who_waits_and_what_is_in_use() throws InterruptedException {
        poolers.show(Map.of(CLUSTER, List.of(exhausted())));
        var of = "cluster=\"metered\",database=\"shop\",pooler=\"front\"%s,user=\"app\"}";
        assertEquals(3, scraped("pgbosun_pooler_clients{" + of.formatted(",state=\"waiting\"")));
        assertEquals(2, scraped("pgbosun_pooler_servers{" + of.formatted(",state=\"active\"")));
        assertEquals(0, scraped("pgbosun_pooler_servers{" + of.formatted(",state=\"idle\"")));
        assertEquals(1.5, scraped("pgbosun_pooler_max_wait_seconds{" + of.formatted("")));
        assertEquals(2, scraped("pgbosun_pooler_pool_size{" + of.formatted("")));
        var front = "{cluster=\"metered\",pooler=\"front\"}";
        assertEquals(1, scraped("pgbosun_pooler_paused_databases" + front));
        assertEquals(1, scraped("pgbosun_pooler_misled_databases" + front));
        cluster(1);
        store.update("""
                insert into pooler (cluster, name, address, port, username, ssl_mode, databases, config_file)
                values ($1, 'front', '127.0.0.1', 1, 'x', 'disable', '[{"name":"shop"}]', '/nowhere')
                """, CLUSTER);
        poolers.refresh();
        assertEquals(0, scraped("pgbosun_pooler_up" + front));
        assertEquals(-1, scraped("pgbosun_pooler_paused_databases" + front));
        store.update("delete from pooler where cluster = $1", CLUSTER);
        poolers.refresh();
        assertEquals(-1, scraped("pgbosun_pooler_up" + front));
    }

    private static double archive(String name) {
        return scraped("pgbosun_wal_archive_" + name + "{cluster=\"metered\"}");
    }

    @Test
    void archiving_is_told_and_of_a_primary_that_does_not_answer_only_the_holes() throws InterruptedException {
        wal.show(Map.of(CLUSTER, new Health(archived(ArchivingState.FAILING), 2)));
        assertEquals(77, archive("lag_bytes"));
        assertEquals(12.5, archive("lag_seconds"));
        assertEquals(3, archive("ready_segments"));
        assertEquals(4, archive("failures"));
        assertEquals(1, archive("failing"));
        assertEquals(2, archive("holes"));
        wal.show(Map.of(CLUSTER, new Health(archived(ArchivingState.WORKING), 0)));
        assertEquals(0, archive("failing"));
        assertEquals(0, archive("holes"));
        wal.show(Map.of(CLUSTER, new Health(archived(ArchivingState.UNKNOWN), 1)));
        assertEquals(1, archive("holes"));
        for (var name : List.of("lag_bytes", "lag_seconds", "ready_segments", "failures", "failing")) {
            assertEquals(-1, archive(name), name);
        }
        cluster(1);
        store.update(
                "insert into repository (name, type, path) values ('metered', 'FILESYSTEM', '/nowhere') on conflict do nothing");
        store.update(
                "insert into wal_archive (cluster, repository, since) values ($1, 'metered', $2)",
                CLUSTER,
                Instant.now());
        wal.refresh();
        assertEquals(0, archive("holes"), "asked, it does not answer, and there is nothing that could have a hole");
        assertEquals(-1, archive("failing"));
        store.update("delete from wal_archive where cluster = $1", CLUSTER);
        wal.refresh();
        assertEquals(-1, archive("holes"));
    }

    private static Set<String> names(String text) {
        return Pattern.compile("\\bpgbosun_\\w+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void backup(String id, long bytes, Instant ended) {
        store.update("""
                insert into backup (id, cluster, labels, repository, type, confidence, size_bytes, manifest, started_at, ended_at)
                values ($1, $2, '{}', 'metered', 'LOGICAL', 'CHECKSUMMED', $3, jsonb_build_object(
                  'schemaOnly', false, 'globals', true, 'databases', '[]'::jsonb, 'serverVersionNumber', 150008, 'lsn', '0/1',
                  'files', '[]'::jsonb), $4, $4)
                """, UUID.fromString(id), CLUSTER, bytes, ended);
    }

    private void drill(String id, boolean passed, Instant at) {
        store.update(
                "insert into drill (id, cluster, backup, passed, report, created_at) values ($1, $2, $3, $4, '{\"passed\": true, \"recoverySeconds\": 2.5, \"dataAgeSeconds\": 0}', $5)",
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
