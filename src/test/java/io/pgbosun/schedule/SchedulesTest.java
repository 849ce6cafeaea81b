package io.pgbosun.schedule;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Store;
import io.pgbosun.v1.CreateScheduleRequest;
import io.pgbosun.v1.DeleteScheduleRequest;
import io.pgbosun.v1.GetScheduleRequest;
import io.pgbosun.v1.ListSchedulesRequest;
import io.pgbosun.v1.MissedRuns;
import io.pgbosun.v1.Overlap;
import io.pgbosun.v1.ScheduleServiceGrpc;
import io.pgbosun.v1.UpdateSchedule;
import io.pgbosun.v1.UpdateScheduleRequest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules through both doors, and what comes of them. Their time is made to come in the control database. */
@QuarkusTest
@WithTestResource(TestHome.class)
class SchedulesTest {
    private static final String NEVER_NOW = "0 0 1 1 *";

    private final Store store;
    private final Hints hints;
    private final Api api = Api.admin();

    SchedulesTest(Store store, Hints hints) {
        this.store = store;
        this.hints = hints;
    }

    @BeforeEach
    void makeClusters() {
        for (var name : List.of("clockwork", "clockwork-too")) {
            store.update(
                    "insert into cluster (name, driver, origin, username, ssl_mode, labels) values ($1, 'NATIVE', 'REGISTERED', 'x', 'disable', '{\"env\":\"clockwork\"}')",
                    name);
        }
    }

    @AfterEach
    void forget() {
        store.update("delete from schedule");
        var left = store
                .query(
                        "select id from operation where target like 'clusters/clockwork%' and ended_at is null order by id desc")
                .stream()
                .map(row -> row.uuid("id").toString())
                .toList();
        left.forEach(id -> api.post("/v1/operations/" + id + "/cancel", "{}"));
        left.forEach(api::ended);
        store.update("delete from cluster where name like 'clockwork%'");
    }

    private void create(String name, String more) {
        api.post(
                        "/v1/schedules",
                        "{'name':'%s','kind':'no-op','target':'clusters/clockwork','cron':'%s'%s}"
                                .formatted(name, NEVER_NOW, more))
                .then()
                .statusCode(201);
    }

    private JsonPath get(String name) {
        return api.get("/v1/schedules/" + name).then().statusCode(200).extract().jsonPath();
    }

    /** Makes it due since so many seconds, and waits until it is as wanted. */
    private JsonPath dueSince(String name, int seconds, Predicate<JsonPath> wanted) {
        store.update(
                "update schedule set fire_time = date_trunc('second', now()) - make_interval(secs => $2), due = now() - make_interval(secs => $2) where name = $1",
                name,
                (double) seconds);
        hints.send("schedule");
        for (int i = 0; i < 400; i++) {
            var schedule = get(name);
            if (wanted.test(schedule)) {
                return schedule;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        throw new AssertionError(get(name).prettify());
    }

    private static boolean hasFired(JsonPath schedule) {
        return schedule.get("lastFireTime") != null
                && Instant.parse(schedule.getString("nextFireTime")).isAfter(Instant.now());
    }

    @Test
    void a_schedule_fires_and_tells_of_its_operation() {
        create("nightly", ",'spec':{'steps':2},'zone':'Europe/Berlin'");
        var fired = dueSince("nightly", 1, SchedulesTest::hasFired);
        var operation = api.ended(fired.getString("lastOperations[0]"));
        assertEquals("SUCCEEDED", operation.getString("state"));
        assertEquals("SCHEDULE", operation.getString("channel"));
        assertEquals("admin", operation.getString("principal"));
        assertEquals(2, operation.getInt("spec.steps"));
        assertTrue(operation.getString("reason").startsWith("schedule nightly"));
        assertEquals(1, fired.getList("lastOperations").size());
        assertNull(fired.getMap("lastProblem"));
        assertEquals("31", fired.getString("nextFireTime").substring(8, 10), "midnight in Berlin is the day before");
    }

    @Test
    void a_selector_is_resolved_when_it_fires() {
        api.post(
                        "/v1/schedules",
                        "{'name':'many','kind':'no-op','selector':{'env':'clockwork'},'cron':'%s'}"
                                .formatted(NEVER_NOW))
                .then()
                .statusCode(201);
        var fired = dueSince("many", 1, SchedulesTest::hasFired);
        var targets = fired.getList("lastOperations", String.class).stream()
                .map(id -> api.ended(id).getString("target"))
                .sorted()
                .toList();
        assertEquals(List.of("clusters/clockwork", "clusters/clockwork-too"), targets);
    }

    @Test
    void what_was_missed_is_run_once_or_noted_as_the_schedule_says() {
        create("late", "");
        var run = dueSince("late", 3600, SchedulesTest::hasFired);
        assertEquals(1, run.getList("lastOperations").size());
        create("left-out", ",'missedRuns':'SKIP'");
        var noted = dueSince("left-out", 3600, schedule -> schedule.get("lastSkipReason") != null);
        assertTrue(noted.getString("lastSkipReason").startsWith("missed: due at"), noted.prettify());
        assertNull(noted.getString("lastFireTime"));
        assertEquals(List.of(), noted.getList("lastOperations"));
        create("in-time", ",'missedRuns':'SKIP'");
        assertEquals(
                1,
                dueSince("in-time", 200, SchedulesTest::hasFired)
                        .getList("lastOperations")
                        .size());
    }

    @Test
    void one_late_run_stands_for_all_that_were_missed() {
        create("often", "");
        store.update("update schedule set cron = '*/10 * * * *' where name = 'often'");
        dueSince("often", 86_400, SchedulesTest::hasFired);
        assertEquals(
                1,
                store.one(
                                "select count(*) as n from operation where idempotency_key like 'schedule/%' and reason like 'schedule often%'")
                        .orElseThrow()
                        .number("n"));
    }

    @Test
    void what_overlaps_is_skipped_or_stands_in_line_as_the_schedule_says() {
        var slow = ",'spec':{'steps':1,'stepMillis':60000,'exclusive':true}";
        create("slow", slow);
        var first = dueSince("slow", 1, SchedulesTest::hasFired).getString("lastOperations[0]");
        var skipped = dueSince("slow", 1, schedule -> schedule.get("lastSkipReason") != null);
        assertTrue(skipped.getString("lastSkipReason").contains(first + " is still at work"), skipped.prettify());
        assertEquals(List.of(first), skipped.getList("lastOperations"));
        create("in-line", slow + ",'overlap':'QUEUE'");
        var before = dueSince("in-line", 1, SchedulesTest::hasFired);
        var both = dueSince(
                "in-line", 0, schedule -> schedule.getList("lastOperations").size() == 2);
        var second = both.getList("lastOperations", String.class).stream()
                .filter(id -> !id.equals(before.getString("lastOperations[0]")))
                .findFirst()
                .orElseThrow();
        assertEquals("QUEUED", api.get("/v1/operations/" + second).jsonPath().getString("state"));
    }

    @Test
    void a_firing_that_is_refused_is_told_on_the_schedule_in_the_audit_trail_and_in_the_metrics() {
        create("gone", "");
        store.update("delete from cluster where name = 'clockwork'");
        hints.send("cluster:clockwork"); // it is remembered for a second
        var refused = dueSince("gone", 2, schedule -> schedule.get("lastProblem") != null);
        assertEquals("urn:pgbosun:problem:not-found", refused.getString("lastProblem.type"));
        assertEquals(List.of(), refused.getList("lastOperations"));
        var entry = api.get("/v1/audit-entries?action=schedule.refused&target=schedules/gone")
                .jsonPath();
        assertEquals("admin", entry.getString("items[0].principal"));
        assertTrue(io.restassured.RestAssured.get(
                        ConfigProvider.getConfig().getValue("test.url", String.class) + "/q/metrics")
                .asString()
                .contains("pgbosun_schedule_firings_total{outcome=\"refused\"}"));
    }

    @Test
    void it_fires_with_the_rights_that_its_maker_has_then() {
        var token = api.makeToken("leaver", "OPERATOR", "{}");
        Api.with(token)
                .post(
                        "/v1/schedules",
                        "{'name':'left','kind':'no-op','target':'clusters/clockwork','cron':'%s'}".formatted(NEVER_NOW))
                .then()
                .statusCode(201);
        assertEquals(
                "leaver",
                api.ended(dueSince("left", 1, SchedulesTest::hasFired).getString("lastOperations[0]"))
                        .getString("principal"));
        api.post("/v1/tokens/" + token.substring(4, 40) + "/revoke", "{}")
                .then()
                .statusCode(200);
        var refused = dueSince("left", 1, schedule -> schedule.get("lastProblem") != null);
        assertEquals("urn:pgbosun:problem:denied", refused.getString("lastProblem.type"));
    }

    @Test
    void a_service_that_died_after_it_started_the_operation_is_followed_by_one_that_finds_it() {
        create("twice", "");
        var fired = dueSince("twice", 1, SchedulesTest::hasFired);
        var fireTime = Instant.parse(fired.getString("lastFireTime"));
        store.update(
                "update schedule set fire_time = $2, due = $2, last_fire_time = null, operations = '{}', taken_until = now() where name = $1",
                "twice",
                fireTime);
        hints.send("schedule");
        var again = dueAgain("twice");
        assertEquals(fired.getList("lastOperations"), again.getList("lastOperations"));
    }

    private JsonPath dueAgain(String name) {
        for (int i = 0; i < 400; i++) {
            var schedule = get(name);
            if (hasFired(schedule)) {
                return schedule;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        throw new AssertionError(get(name).prettify());
    }

    @Test
    void a_schedule_is_paused_and_goes_on_without_what_it_would_have_fired() {
        create("resting", "");
        api.request()
                .body("{\"paused\":true}")
                .patch("/v1/schedules/resting")
                .then()
                .statusCode(200)
                .body("paused", equalTo(true))
                .body("nextFireTime", nullValue());
        store.update(
                "update schedule set fire_time = now() - interval '1 hour', due = now() - interval '1 hour' where name = 'resting'");
        api.request()
                .body("{\"paused\":false,\"cron\":\"0 0 2 1 *\"}")
                .patch("/v1/schedules/resting")
                .then()
                .statusCode(200)
                .body("nextFireTime", containsString("-01-02T00:00:00Z"))
                .body("lastFireTime", nullValue());
        api.delete("/v1/schedules/resting").then().statusCode(204);
        api.get("/v1/schedules/resting").then().statusCode(404);
    }

    @Test
    void parameters_are_checked_as_a_start_checks_them_and_told_by_name() {
        refused("'spec':{'steps':0}", "spec.steps");
        refused("'spec':{'nosuch':1}", "spec.nosuch");
        refused("'spec':{'steps':'x'}", "spec.steps");
        refused("'kind':'backup','spec':{'engine':'TAR'}", "spec.engine");
        refused("'kind':'nosuch'", "kind");
        refused("'kind':'provision'", "kind");
        refused("'target':'repositories/default'", "target");
        refused("'target':'nowhere'", "target");
        refused("'selector':{'env':'clockwork'}", "target");
        refused("'cron':'0 0 30 2 *'", "cron");
        refused("'zone':'Mars'", "zone");
        refused("'jitterSeconds':-1", "jitterSeconds");
        api.post("/v1/schedules", "{'name':'x','kind':'no-op','target':'clusters/nosuch','cron':'* * * * *'}")
                .then()
                .statusCode(404);
    }

    private void refused(String field, String told) {
        var name = field.substring(1, field.indexOf('\'', 1));
        var rest = List.of("'kind':'no-op'", "'target':'clusters/clockwork'", "'cron':'* * * * *'").stream()
                .filter(one -> !one.startsWith("'" + name + "'"))
                .toList();
        api.post("/v1/schedules", "{'name':'x'," + field + "," + String.join(",", rest) + "}")
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo(told));
    }

    @Test
    void whoever_may_not_start_it_may_not_schedule_it_nor_change_when_it_comes() {
        var operator = Api.with(api.makeToken("op", "OPERATOR", "{}"));
        var repository =
                "{'name':'look','kind':'reconcile','target':'repositories/default','cron':'%s'}".formatted(NEVER_NOW);
        operator.post("/v1/schedules", repository).then().statusCode(403);
        api.post("/v1/schedules", repository).then().statusCode(201);
        operator.request()
                .body("{\"cron\":\"* * * * *\"}")
                .patch("/v1/schedules/look")
                .then()
                .statusCode(403);
        operator.request()
                .body("{\"paused\":true}")
                .patch("/v1/schedules/look")
                .then()
                .statusCode(200)
                .body("principal", equalTo("admin"));
        var elsewhere = Api.with(api.makeToken("elsewhere", "ADMIN", "{'env':'elsewhere'}"));
        elsewhere.get("/v1/schedules/look").then().statusCode(404);
        assertEquals(List.of(), elsewhere.get("/v1/schedules").jsonPath().getList("items"));
        create("there", "");
        var near = Api.with(api.makeToken("near", "VIEWER", "{'env':'clockwork'}"));
        assertEquals(List.of("there"), near.get("/v1/schedules").jsonPath().getList("items.name"));
        near.delete("/v1/schedules/there").then().statusCode(403);
    }

    @Test
    void the_same_through_grpc() {
        var url = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class));
        ManagedChannel plain = NettyChannelBuilder.forAddress(url.getHost(), url.getPort())
                .usePlaintext()
                .build();
        try {
            var headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + api.token());
            Channel channel = ClientInterceptors.intercept(plain, MetadataUtils.newAttachHeadersInterceptor(headers));
            var stub = ScheduleServiceGrpc.newBlockingStub(channel);
            var made = stub.createSchedule(CreateScheduleRequest.newBuilder()
                    .setSchedule(io.pgbosun.v1.CreateSchedule.newBuilder()
                            .setName("typed")
                            .setKind("no-op")
                            .setTarget("clusters/clockwork")
                            .setCron("0 3 * * *")
                            .setZone("Asia/Tokyo")
                            .setOverlap(Overlap.OVERLAP_QUEUE)
                            .setSpec(Struct.newBuilder()
                                    .putFields(
                                            "steps",
                                            Value.newBuilder().setNumberValue(4).build())))
                    .build());
            assertEquals(MissedRuns.MISSED_RUNS_RUN_ONCE, made.getMissedRuns());
            assertEquals(4, made.getSpec().getFieldsOrThrow("steps").getNumberValue());
            assertEquals(0, made.getNextFireTime().getSeconds() % 86_400 - 18 * 3_600);
            api.get("/v1/schedules/typed")
                    .then()
                    .body("overlap", equalTo("QUEUE"))
                    .body("createTime", notNullValue());
            var paused = stub.updateSchedule(UpdateScheduleRequest.newBuilder()
                    .setSchedule("typed")
                    .setUpdate(UpdateSchedule.newBuilder().setPaused(true))
                    .build());
            assertFalse(paused.hasNextFireTime());
            assertEquals(
                    paused,
                    stub.getSchedule(
                            GetScheduleRequest.newBuilder().setSchedule("typed").build()));
            assertEquals(
                    List.of(paused),
                    stub.listSchedules(ListSchedulesRequest.getDefaultInstance())
                            .getItemsList());
            stub.deleteSchedule(
                    DeleteScheduleRequest.newBuilder().setSchedule("typed").build());
            api.get("/v1/schedules/typed").then().statusCode(404);
        } finally {
            plain.shutdownNow();
        }
    }
}
