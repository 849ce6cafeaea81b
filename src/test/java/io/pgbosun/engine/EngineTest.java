package io.pgbosun.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.audit.AuditSeal;
import io.pgbosun.operation.OperationState;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The engine's laws, through the REST surface, on a real control database and a real cluster. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineTest {
    private static final String CLUSTER = "/v1/clusters/engine";
    private static final String VACUUM = CLUSTER + "/maintenance/vacuum";

    private final Api api = Api.admin();

    @Inject
    Store store;

    @Inject
    AuditSeal seal;

    @BeforeAll
    void provision() {
        api.succeed(
                "/v1/clusters",
                "{'name':'engine','provision':{'databases':['shop'],'labels':{'env':'test'},'seed':{'pgbenchScale':2}}}");
    }

    @Test
    void the_same_key_and_request_answer_the_same_operation_and_another_request_is_refused() {
        var key = UUID.randomUUID().toString();
        var first = keyed(key, VACUUM, "{}");
        var again = keyed("\"" + key + "\"", VACUUM, "{}");
        assertEquals(api.started(first), api.started(again));
        var other = keyed(key, VACUUM, "{\"freeze\":true}");
        assertEquals(422, other.statusCode());
        assertEquals("urn:pgbosun:problem:key-reused", other.jsonPath().getString("type"));
        var someoneElse = Api.with(api.makeToken("someone", "OPERATOR", "{}"));
        assertNotEquals(
                api.started(first),
                someoneElse.started(someoneElse
                        .request()
                        .header("Idempotency-Key", key)
                        .body("{}")
                        .post(VACUUM)));
    }

    @Test
    void fifty_requests_with_one_key_at_once_make_one_operation() {
        var key = UUID.randomUUID().toString();
        var ids = IntStream.range(0, 50)
                .parallel()
                .mapToObj(n -> api.started(keyed(key, VACUUM, "{}")))
                .distinct()
                .toList();
        assertEquals(1, ids.size());
    }

    private Response keyed(String key, String path, String json) {
        return api.request().header("Idempotency-Key", key).body(json).post(path);
    }

    @Test
    void a_conflicting_operation_waits_in_line_or_is_refused_with_the_blocker() throws SQLException {
        try (var lock = lockOrders()) {
            var holder = api.started(
                    api.post(
                            VACUUM,
                            "{'databases':['shop'],'tables':['pgbench_accounts'],'full':true,'guard':{'lockTimeoutSeconds':120}}"));
            awaitState(holder, "RUNNING");
            var waiting = api.started(api.post(VACUUM, "{}"));
            var queued = api.get("/v1/operations/" + waiting).jsonPath();
            assertEquals("QUEUED", queued.getString("state"));
            assertEquals(holder, queued.getString("blockedBy"));
            assertEquals(1, queued.getInt("queuePosition"));
            var refused = api.post(VACUUM + "?onConflict=REJECT", "{}");
            assertEquals(409, refused.statusCode());
            assertEquals(holder, refused.jsonPath().getString("facts.blockedBy"));
            assertEquals(
                    "CANCELLED",
                    api.post("/v1/operations/" + waiting + "/cancel", "{}")
                            .jsonPath()
                            .getString("state"));
            api.post("/v1/operations/" + holder + "/cancel", "{}").then().statusCode(200);
            assertEquals("CANCELLED", api.ended(holder).getString("state"));
        }
    }

    @Test
    void a_busy_lock_makes_maintenance_give_way_and_say_so() throws SQLException {
        try (var lock = lockOrders()) {
            var failed = api.ended(
                    api.started(
                            api.post(
                                    VACUUM,
                                    "{'databases':['shop'],'tables':['pgbench_accounts'],'full':true,'guard':{'lockTimeoutSeconds':1}}")));
            assertEquals("FAILED", failed.getString("state"));
            assertEquals("urn:pgbosun:problem:busy", failed.getString("problem.type"));
        }
    }

    @Test
    void a_cancelled_concurrent_reindex_leaves_no_invalid_index() throws SQLException {
        String reindex;
        try (var lock = lockOrders()) {
            var id = api.started(
                    api.post(
                            CLUSTER + "/maintenance/reindex",
                            "{'scope':'TABLE','databases':['shop'],'name':'pgbench_accounts','guard':{'lockTimeoutSeconds':120}}"));
            awaitState(id, "RUNNING");
            awaitStep(id, "reindex shop");
            api.post("/v1/operations/" + id + "/cancel", "{}").then().statusCode(200);
            reindex = id; // an invalid index can be dropped only when nobody holds a lock on its table
        }
        assertEquals("CANCELLED", api.ended(reindex).getString("state"));
        assertEquals(0, count("select count(*) from pg_index where not indisvalid"));
        assertEquals(0, count("select count(*) from pg_stat_activity where application_name like 'pgbosun:%'"));
    }

    @Test
    void an_operation_starts_not_before_its_time_and_expires_when_its_deadline_passes() {
        var id = api.started(api.post(VACUUM + "?startTime=" + Instant.now().plusSeconds(3600), "{}"));
        assertEquals("SCHEDULED", api.get("/v1/operations/" + id).jsonPath().getString("state"));
        store.update("update operation set start_time = now() where id = $1", UUID.fromString(id));
        assertEquals("SUCCEEDED", api.ended(id).getString("state"));
        var late = api.started(api.post(
                VACUUM + "?startTime=" + Instant.now().plusSeconds(3600) + "&startDeadline="
                        + Instant.now().plusSeconds(7200),
                "{}"));
        store.update("update operation set start_deadline = now() where id = $1", UUID.fromString(late));
        assertEquals("EXPIRED", api.ended(late).getString("state"));
    }

    @Test
    void a_preview_changes_nothing_and_its_digest_is_refused_when_the_facts_have_drifted() throws SQLException {
        var plan = api.post(VACUUM + "?preview=true", "{'full':true}");
        assertEquals(200, plan.statusCode());
        assertEquals("HIGH", plan.jsonPath().getString("risk"));
        assertTrue(plan.jsonPath().getList("blastRadius.locks").toString().contains("ACCESS EXCLUSIVE"));
        assertTrue(plan.jsonPath().getList("steps.name").contains("vacuum shop"));
        var digest = plan.jsonPath().getString("digest");
        api.succeed(VACUUM + "?planDigest=" + digest, "{'full':true}");
        execute("create database drifted");
        try {
            var refused = api.post(VACUUM + "?planDigest=" + digest, "{'full':true}");
            assertEquals(409, refused.statusCode());
            assertEquals("urn:pgbosun:problem:plan-drifted", refused.jsonPath().getString("type"));
        } finally {
            execute("drop database drifted");
        }
    }

    @Test
    void what_needs_approval_waits_for_another_person_and_the_same_plan() {
        api.request()
                .body("{\"policy\":{\"approvalFrom\":\"HIGH\"}}")
                .patch(CLUSTER)
                .then()
                .statusCode(200);
        try {
            var id = api.started(api.post(VACUUM, "{'full':true,'databases':['shop']}"));
            var waiting = api.get("/v1/operations/" + id).jsonPath();
            assertEquals("AWAITING_APPROVAL", waiting.getString("state"));
            var approval = "{'planDigest':'" + waiting.getString("planDigest") + "','comment':'fine'}";
            assertEquals(
                    403, api.post("/v1/operations/" + id + "/approve", approval).statusCode());
            var approver = Api.with(api.makeToken("approver", "OPERATOR", "{}"));
            assertEquals(
                    400,
                    approver.post("/v1/operations/" + id + "/approve", "{'planDigest':'other'}")
                            .statusCode());
            approver.post("/v1/operations/" + id + "/approve", approval).then().statusCode(200);
            var done = api.ended(id);
            assertEquals("SUCCEEDED", done.getString("state"));
            assertEquals("approver", done.getString("approvals[0].principal"));
            var rejected = api.started(api.post(VACUUM, "{'full':true}"));
            approver.post("/v1/operations/" + rejected + "/reject", "{'comment':'not today'}")
                    .then()
                    .statusCode(200);
            assertEquals("REJECTED", api.ended(rejected).getString("state"));
            var forgotten = api.started(api.post(VACUUM, "{'full':true}"));
            store.update(
                    "update operation set created_at = now() - interval '25 hours' where id = $1",
                    UUID.fromString(forgotten));
            assertEquals("EXPIRED", api.ended(forgotten).getString("state"));
        } finally {
            api.request().body("{\"policy\":{}}").patch(CLUSTER).then().statusCode(200);
        }
    }

    @Test
    void a_changed_cluster_is_not_overwritten_by_one_who_read_it_before() {
        var etag = api.get(CLUSTER).header("ETag");
        api.request()
                .header("If-Match", etag)
                .body("{\"labels\":{\"env\":\"test\",\"tier\":\"1\"}}")
                .patch(CLUSTER)
                .then()
                .statusCode(200);
        var stale =
                api.request().header("If-Match", etag).body("{\"labels\":{}}").patch(CLUSTER);
        assertEquals(412, stale.statusCode());
    }

    @Test
    void a_failed_operation_is_tried_again_as_a_new_one_and_forgotten_on_request() {
        var failed = api.ended(api.started(api.post(VACUUM, "{'databases':['nosuch']}")));
        assertEquals("FAILED", failed.getString("state"));
        assertTrue(failed.getString("problem.detail").contains("nosuch"));
        var id = failed.getString("id");
        var retry = api.ended(api.started(api.post("/v1/operations/" + id + "/retry", "{}")));
        assertEquals(id, retry.getString("retryOf"));
        assertEquals(204, api.delete("/v1/operations/" + id).statusCode());
        assertEquals(404, api.get("/v1/operations/" + id).statusCode());
    }

    @Test
    void a_watcher_that_comes_back_sees_each_event_once_and_in_order() {
        var id = api.started(api.post(VACUUM, "{}"));
        api.ended(id);
        var all = eventNumbers(id, null);
        assertEquals(IntStream.rangeClosed(1, all.size()).boxed().toList(), all);
        var rest = eventNumbers(id, "3");
        assertEquals(all.subList(3, all.size()), rest);
        assertEquals(all.size(), api.get("/v1/operations/" + id).jsonPath().getInt("lastEvent"));
    }

    private List<Integer> eventNumbers(String id, String lastEventId) {
        var request = api.request();
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return request.get("/v1/operations/" + id + "/watch")
                .asString()
                .lines()
                .filter(line -> line.startsWith("id:"))
                .map(line -> Integer.valueOf(line.substring(3).strip()))
                .toList();
    }

    @Test
    void lists_are_paged_by_tokens_that_belong_to_their_arguments() {
        IntStream.range(0, 5).forEach(n -> api.succeed(CLUSTER + "/maintenance/checkpoint", "{}"));
        var first = api.get("/v1/operations?kind=checkpoint&pageSize=2").jsonPath();
        assertEquals(2, first.getList("items").size());
        var token = first.getString("nextPageToken");
        var second = api.get("/v1/operations?kind=checkpoint&pageSize=2&pageToken=" + token)
                .jsonPath();
        var ids = Stream.concat(first.<String>getList("items.id").stream(), second.<String>getList("items.id").stream())
                .distinct()
                .toList();
        assertEquals(4, ids.size());
        assertEquals(
                400,
                api.get("/v1/operations?kind=vacuum&pageSize=2&pageToken=" + token)
                        .statusCode());
        assertEquals(200, api.get("/v1/operations?pageSize=100000").statusCode());
        assertEquals(400, api.get("/v1/operations?pageSize=-1").statusCode());
        assertEquals(400, api.get("/v1/operations?pageSize=abc").statusCode());
    }

    @Test
    void bad_input_is_refused_by_field_rule_and_remedy_and_stores_nothing() {
        var before = count();
        refused(400, "$.errors[0].field=fulll", api.post(VACUUM, "{'fulll':true}"));
        refused(400, "$.errors[0].field=full", api.post(VACUUM, "{'full':'yes'}"));
        refused(400, "$.errors[0].field=format", api.post(CLUSTER + "/backups", "{'format':'TAR'}"));
        refused(400, "$.errors[0].field=jobs", api.post(CLUSTER + "/backups", "{'jobs':3}"));
        refused(400, "$.errors[0].field=name", api.post(CLUSTER + "/maintenance/reindex", "{'scope':'TABLE'}"));
        refused(400, "$.errors[0].field=cluster", api.post("/v1/clusters/Not_A_Name/maintenance/vacuum", "{}"));
        refused(400, "$.errors[0].field=body", api.post(VACUUM, "{'full':tru"));
        refused(400, "$.errors[0].field=body", api.request().post(VACUUM));
        refused(400, "$.errors[0].field=onConflict", api.post(VACUUM + "?onConflict=MAYBE", "{}"));
        refused(400, "$.errors[0].field=startTime", api.post(VACUUM + "?startTime=soon", "{}"));
        refused(404, "", api.post("/v1/clusters/nosuch/maintenance/vacuum", "{}"));
        refused(404, "", api.get("/v1/nowhere"));
        refused(405, "", api.request().put("/v1/operations"));
        refused(400, "", api.get("/v1/operations/not-a-uuid"));
        refused(
                415,
                "",
                RestAssured.given()
                        .baseUri(url())
                        .auth()
                        .oauth2(api.token())
                        .contentType("text/plain")
                        .body("x")
                        .post(VACUUM));
        assertEquals(before, count());
    }

    private static void refused(int status, String field, Response response) {
        assertEquals(status, response.statusCode(), response.asString());
        assertTrue(response.contentType().startsWith("application/problem+json"), response.contentType());
        assertEquals(status, response.jsonPath().getInt("status"));
        assertFalse(
                response.asString().contains("io.pgbosun")
                        || response.asString().contains("java."),
                response.asString());
        if (!field.isEmpty()) {
            assertEquals(
                    field.substring(field.indexOf('=') + 1),
                    response.jsonPath().getString("errors[0].field"),
                    response.asString());
            assertFalse(response.jsonPath().getString("errors[0].remedy").isBlank());
        }
    }

    private static String url() {
        return org.eclipse.microprofile.config.ConfigProvider.getConfig().getValue("test.url", String.class);
    }

    @Test
    void a_retry_of_what_is_forgotten_meanwhile_is_an_operation_of_its_own() {
        var first = api.started(api.post(VACUUM + "?startTime=2100-01-01T00:00:00Z", "{}"));
        api.post("/v1/operations/" + first + "/cancel", "{}").then().statusCode(200);
        var retried = new CompletableFuture<Response>();
        store.inTx(tx -> {
            tx.update("delete from operation where id = $1", UUID.fromString(first));
            Thread.startVirtualThread(() -> retried.complete(api.post("/v1/operations/" + first + "/retry", "{}")));
            while (store.query("select 1 from pg_locks where not granted and locktype = 'transactionid'")
                            .isEmpty()
                    && !retried.isDone()) {
                Thread.onSpinWait();
            }
        });
        assertEquals(202, retried.join().statusCode(), () -> retried.join().asString());
        var operation = api.ended(retried.join().jsonPath().getString("id"));
        assertEquals("SUCCEEDED", operation.getString("state"));
        assertNull(operation.getString("retryOf"));
    }

    @Test
    void a_body_that_is_too_large_is_refused() {
        assertEquals(
                413,
                api.request()
                        .body("{\"databases\":[\"" + "x".repeat(2_000_000) + "\"]}")
                        .post(VACUUM)
                        .statusCode());
    }

    @Test
    void grants_hold_for_labelled_clusters_alone() {
        var elsewhere = Api.with(api.makeToken("elsewhere", "ADMIN", "{'env':'prod'}"));
        assertEquals(404, elsewhere.post(VACUUM, "{}").statusCode());
        assertEquals(404, elsewhere.get(CLUSTER).statusCode());
        assertEquals(List.of(), elsewhere.get("/v1/clusters").jsonPath().getList("items"));
        assertEquals(List.of(), elsewhere.get("/v1/operations").jsonPath().getList("items"));
        var here = Api.with(api.makeToken("here", "OPERATOR", "{'env':'test'}"));
        here.succeed(CLUSTER + "/maintenance/checkpoint", "{}");
    }

    @Test
    void the_audit_trail_tells_every_change_and_denial_in_a_chain_that_holds() {
        var viewer = Api.with(api.makeToken("curious", "VIEWER", "{}"));
        assertEquals(403, viewer.post(VACUUM, "{}").statusCode());
        var id = api.succeed(CLUSTER + "/maintenance/checkpoint", "{}").getString("id");
        var actions = api.get("/v1/audit-entries?operation=" + id).jsonPath().<String>getList("items.action");
        assertEquals(List.of("checkpoint.succeeded", "checkpoint.running", "checkpoint.start"), actions);
        assertEquals(
                "curious",
                api.get("/v1/audit-entries?action=access.denied&principal=curious")
                        .jsonPath()
                        .getString("items[0].principal"));
        while (seal.seal() > 0) {
            // until all is sealed
        }
        assertEquals(Optional.empty(), seal.firstBroken());
        var victim = store.one("select id, details::text as details from audit_entry where number = 3")
                .orElseThrow();
        store.update("update audit_entry set details = '{\"forged\":true}' where id = $1", victim.uuid("id"));
        assertEquals(Optional.of(3L), seal.firstBroken());
        store.update(
                "update audit_entry set details = $2::text::jsonb where id = $1",
                victim.uuid("id"),
                victim.text("details"));
        assertEquals(Optional.empty(), seal.firstBroken());
    }

    @Test
    void a_database_is_found_by_its_label() {
        api.request()
                .body("{\"labels\":{\"service\":\"loyalty-rewards\"}}")
                .put(CLUSTER + "/databases/shop/labels")
                .then()
                .statusCode(200);
        assertEquals(
                "shop",
                api.get("/v1/databases?label=service=loyalty-rewards")
                        .jsonPath()
                        .getString("items[0].name"));
        assertEquals(
                404,
                api.request()
                        .body("{\"labels\":{}}")
                        .put(CLUSTER + "/databases/nosuch/labels")
                        .statusCode());
    }

    @Test
    void no_state_has_a_way_back_from_its_end() {
        for (var state : OperationState.values()) {
            assertEquals(state.isFinal(), state.next().isEmpty());
            assertFalse(state.next().contains(state));
        }
    }

    private long count() {
        return store.one("select count(*) as count from operation")
                .orElseThrow()
                .number("count");
    }

    private void awaitState(String id, String state) {
        await(
                () -> api.get("/v1/operations/" + id)
                        .jsonPath()
                        .getString("state")
                        .equals(state),
                id + " " + state);
    }

    private void awaitStep(String id, String step) {
        await(
                () -> api.get("/v1/operations/" + id)
                        .jsonPath()
                        .getList("steps.name")
                        .contains(step),
                id + " " + step);
    }

    private static void await(java.util.function.BooleanSupplier condition, String what) {
        var deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    /** A session of an application that holds a lock on pgbench_accounts until it is closed. */
    private java.sql.Connection lockOrders() throws SQLException {
        var connection = connect("shop");
        connection.setAutoCommit(false);
        connection.createStatement().execute("lock table pgbench_accounts in row exclusive mode");
        return connection;
    }

    private long count(String sql) throws SQLException {
        try (var connection = connect("shop");
                var rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = connect("postgres")) {
            connection.createStatement().execute(sql);
        }
    }

    @Inject
    io.pgbosun.cluster.ClusterStore clusters;

    private java.sql.Connection connect(String database) throws SQLException {
        var cluster = clusters.get("engine");
        var instance = cluster.instances().getFirst();
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(instance.address(), instance.port(), database),
                cluster.username(),
                cluster.password().reveal());
    }
}
