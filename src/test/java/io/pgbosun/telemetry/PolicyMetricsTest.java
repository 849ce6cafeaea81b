package io.pgbosun.telemetry;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.TestHome;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestHome.class)
class PolicyMetricsTest {
    private static final Instant OLD = Instant.parse("2026-11-01T10:00:00Z");
    private static final Instant NEW = Instant.parse("2026-11-02T10:00:00Z");
    private static final Instant DUE = Instant.now().plus(300, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);

    private final Store store;
    private final PolicyMetrics metrics;

    PolicyMetricsTest(Store store, PolicyMetrics metrics) {
        this.store = store;
        this.metrics = metrics;
    }

    @BeforeEach
    void make() {
        store.update("""
                insert into cluster (name, driver, origin, username, ssl_mode, labels)
                values ('ruled', 'NATIVE', 'REGISTERED', 'x', 'disable', '{"env": "prod"}')""");
        store.update(
                "insert into repository (name, type, path) values ('metered', 'FILESYSTEM', '/nowhere') on conflict do nothing");
        backup(OLD, 1, "ASSERTED");
        backup(OLD.plusSeconds(3600), 20, "CHECKSUMMED");
        backup(NEW, 300, "CHECKSUMMED");
        policy("ruled-one", "{\"env\": \"prod\"}", "{\"keepLast\": 1}");
        policy("ruled-all", null, "{\"keepLast\": 9}");
        policy("ruled-other", "{\"env\": \"test\"}", "{\"keepLast\": 1}");
        schedule("ruled-later", DUE.plusSeconds(60), "clusters/ruled", null, false);
        schedule("ruled-next", DUE, null, "{\"env\": \"prod\"}", false);
        schedule("ruled-paused", DUE.minusSeconds(60), "clusters/ruled", null, true);
    }

    @AfterEach
    void forget() {
        store.update("delete from schedule where name like 'ruled-%'");
        store.update("delete from backup_policy where name like 'ruled-%'");
        store.update("delete from backup where cluster = 'ruled'");
        store.update("delete from cluster where name = 'ruled'");
        metrics.refresh();
    }

    private void backup(Instant at, long bytes, String confidence) {
        store.update("""
                insert into backup (id, cluster, labels, repository, type, confidence, size_bytes, started_at, ended_at, manifest)
                values ($1, 'ruled', '{}', 'metered', 'LOGICAL', $2, $3, $4, $4, jsonb_build_object(
                  'backup', $1::uuid, 'cluster', 'ruled', 'type', 'LOGICAL', 'schemaOnly', false, 'globals', true,
                  'databases', '[]'::jsonb, 'source', 'ruled-1', 'serverVersionNumber', 150008, 'lsn', '0/1',
                  'startTime', $5::text, 'endTime', $5::text, 'files', '[]'::jsonb))
                """, UUID.randomUUID(), confidence, bytes, at, at.toString());
    }

    private void policy(String name, String selector, String retention) {
        store.update(
                "insert into backup_policy (name, selector, retention) values ($1, $2::text::jsonb, $3::text::jsonb)",
                name,
                selector,
                retention);
    }

    private void schedule(String name, Instant due, String target, String selector, boolean paused) {
        store.update("""
                insert into schedule (id, name, kind, spec, target, selector, labels, principal, cron, zone, jitter_seconds,
                  missed_runs, grace_seconds, overlap, paused, fire_time, due)
                values ($1, $2, 'expire', '{"policy": "ruled-one"}', $3, $4::text::jsonb, '{}', 'admin', '0 0 1 1 *', 'UTC', 0,
                  'SKIP', 300, 'SKIP', $5, $6, $6)
                """, UUID.randomUUID(), name, target, selector, paused, due);
    }

    /** What Prometheus sees of a policy's figures, by name. */
    private Map<String, Double> scraped(String policy) {
        metrics.refresh();
        var labels = "{cluster=\"ruled\",policy=\"" + policy + "\"} ";
        var figures = new TreeMap<String, Double>();
        given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("pgbosun_backup_policy_") && line.contains(labels))
                .forEach(line -> figures.put(
                        line.substring("pgbosun_backup_policy_".length(), line.indexOf('{')),
                        Double.valueOf(line.substring(line.indexOf(labels) + labels.length()))));
        return figures;
    }

    private static double seconds(Instant at) {
        return at.getEpochSecond();
    }

    @Test
    void each_policy_tells_what_it_keeps_of_each_cluster_that_it_covers() {
        assertEquals(
                Map.of(
                        "info", 1.0,
                        "kept_backups", 2.0,
                        "proven_backups", 1.0,
                        "kept_size_bytes", 301.0,
                        "expirable_backups", 1.0,
                        "last_success_timestamp_seconds", seconds(NEW),
                        "next_expiry_timestamp_seconds", seconds(DUE)),
                scraped("ruled-one"),
                "the newest one, and the newest proven one");
        assertEquals(
                Map.of(
                        "info", 1.0,
                        "kept_backups", 3.0,
                        "proven_backups", 1.0,
                        "kept_size_bytes", 321.0,
                        "expirable_backups", 0.0,
                        "last_success_timestamp_seconds", seconds(NEW)),
                scraped("ruled-all"));
        assertEquals(Map.of(), scraped("ruled-other"), "it does not cover the cluster");
    }

    @Test
    void a_policy_that_keeps_nothing_says_so_and_one_that_is_deleted_says_nothing() {
        store.update("delete from backup where cluster = 'ruled'");
        var empty = scraped("ruled-all");
        assertEquals(0, empty.get("kept_backups"));
        assertEquals(1, empty.get("info"));
        assertEquals(null, empty.get("last_success_timestamp_seconds"));
        store.update("delete from backup_policy where name = 'ruled-all'");
        assertEquals(Map.of(), scraped("ruled-all"));
        store.update("update cluster set labels = '{}' where name = 'ruled'");
        assertEquals(Map.of(), scraped("ruled-one"));
    }
}
