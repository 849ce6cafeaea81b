package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.RealPatroni;
import io.pgbosun.adapter.RealPatroniNode;
import io.pgbosun.adapter.RealPgBouncer;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.process.KillTrials.Trial;
import io.restassured.path.json.JsonPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A real Patroni with etcd and two replicas behind a real PgBouncer, under a service in a process of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PatroniIT {
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(10);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(90);
    private static final String CLUSTER = "/v1/clusters/orders";
    /** Kinds that need a Patroni: here the service is killed within them. */
    static final List<String> KILLED = List.of("control-patroni", "configure-patroni", "follow-leader");

    private final Scoreboard board = Scoreboard.of("R1", "kill -9 of a real service within the kinds of Patroni");
    private final Random random = Seed.of(PatroniIT.class).random("moments");

    private final Path folder = Service.newFolder();
    private RealPatroni patroni;
    private RealPgBouncer pooler;
    private Service service;

    @BeforeAll
    void prepare() {
        service = Service.first(folder, "api,worker");
        patroni = RealPatroni.start(folder.resolve("patroni"), RealPatroni.Shape.quick(3));
        pooler = RealPgBouncer.start(folder.resolve("pooler"));
        at(
                patroni.leader(),
                "create role %1$s login superuser password '%2$s'"
                        .formatted(RealPgBouncer.USER, RealPgBouncer.PASSWORD));
        at(patroni.leader(), "create table written (id bigint primary key)");
        var urls = patroni.api().urls().stream().map(url -> "'" + url + "'").collect(Collectors.joining(","));
        rest().succeed(
                        "/v1/clusters",
                        "{'name':'orders','register':{'username':'postgres','password':%s,'sslMode':'disable','patroni':{'urls':[%s],'username':'%s','password':%s}}}"
                                .formatted(
                                        json(RealPatroni.PASSWORD.reveal()),
                                        urls,
                                        RealPatroni.USER,
                                        json(RealPatroni.REST_PASSWORD.reveal())));
        var made = rest().post(
                        CLUSTER + "/poolers",
                        "{'name':'front','address':'127.0.0.1','port':%d,'username':'%s','password':'%s','configFile':'%s','databases':[{'name':'postgres'}]}"
                                .formatted(
                                        pooler.port, RealPgBouncer.ADMIN, RealPgBouncer.PASSWORD, pooler.databases()));
        assertEquals(201, made.status(), made.toString());
        rest().succeed(CLUSTER + "/pooler-configs", "{'pooler':'front'}");
    }

    @AfterAll
    void clear() {
        board.show();
        if (patroni != null) {
            patroni.close();
        }
        if (pooler != null) {
            pooler.close();
        }
        Service.clear(folder, service);
    }

    /** As JSON in which no single quote stands, for those are turned into double ones. */
    private static String json(String text) {
        var escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "\\" + "u0027");
        return "'" + escaped + "'";
    }

    private Rest rest() {
        return service.rest();
    }

    private static void at(RealPatroniNode node, String sql) {
        try (var session = ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(node.port),
                "postgres",
                RealPatroni.PASSWORD.reveal())) {
            session.run(sql);
        }
    }

    private ControlDatabase.Session throughPooler() {
        return ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/postgres?prepareThreshold=0&connectTimeout=2&socketTimeout=20"
                        .formatted(pooler.port),
                RealPgBouncer.USER,
                RealPgBouncer.PASSWORD);
    }

    private int port() {
        try (var session = throughPooler()) {
            return Integer.parseInt(session.values("show port").getFirst());
        }
    }

    private boolean writesAt(RealPatroniNode node) {
        try {
            return port() == node.port && node.takesWrites();
        } catch (RuntimeException | AssertionError cutOff) {
            return false;
        }
    }

    private JsonPath newestFailover() {
        return rest().get(CLUSTER + "/failovers?pageSize=1").json();
    }

    /** All members stream again and clients are led to the leader. */
    private void settled() {
        patroni.awaitHealthy();
        Eventually.until("all others stream from the leader", SETTLED_WITHIN, this::allStream);
        Eventually.until("the pooler leads to the leader", SETTLED_WITHIN, () -> writesAt(patroni.leader()));
    }

    /** As the servers say: what the DCS tells of a member is from before its Patroni was killed, until it tells something new. */
    private boolean allStream() {
        var leader = patroni.leader();
        try (var session = ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(leader.port),
                "postgres",
                RealPatroni.PASSWORD.reveal())) {
            var streaming = session.values(
                    "select distinct application_name from pg_stat_replication where state = 'streaming'");
            return patroni.nodes().stream()
                    .filter(node -> node != leader)
                    .allMatch(node -> streaming.contains(node.name) && !node.takesWrites());
        } catch (RuntimeException | AssertionError notNow) {
            return false;
        }
    }

    @Test
    @Order(1)
    void it_is_taken_in_with_its_members() {
        var cluster = rest().get(CLUSTER).json();
        assertEquals("PATRONI", cluster.getString("driver"));
        var instances = rest().get(CLUSTER + "/instances").json();
        assertEquals(3, instances.getList("items").size());
        assertEquals(
                1, instances.getList("items.findAll { it.role == 'PRIMARY' }").size());
        var status = rest().get(CLUSTER + "/patroni").json();
        assertEquals(patroni.leader().name, status.getString("leader"));
        assertFalse(status.getBoolean("paused"));
        assertEquals("5", status.getString("settings.ttl"), status.prettify());
        settled();
    }

    @Test
    @Order(2)
    void a_switchover_leads_clients_to_the_winner() {
        var old = patroni.leader();
        var result = rest().succeed(CLUSTER + "/switchovers?reason=a+test", "{}");
        var winner = patroni.node(result.getString("result.newPrimary"));
        assertEquals(old.name, result.getString("result.oldPrimary"));
        assertTrue(writesAt(winner));
        var told = rest().get(CLUSTER + "/switchovers").json();
        assertEquals(result.getString("id"), told.getString("items[0].operation"));
        assertEquals(2, told.getInt("items[0].timeline"));
        System.out.printf(
                "switchover by Patroni: %.3f s without writes%n", result.getDouble("result.writePauseSeconds"));
    }

    @Test
    @Order(3)
    void its_configuration_is_changed_and_taken_back() {
        var changed = rest().succeed(
                        CLUSTER + "/patroni/config", "{'set':{'postgresql.parameters.work_mem':'9MB','ttl':'6'}}");
        assertEquals(List.of("postgresql.parameters.work_mem", "ttl"), changed.getList("result.changed"));
        var after = rest().get(CLUSTER + "/patroni").json();
        assertEquals("6", after.getString("settings.ttl"));
        rest().succeed(CLUSTER + "/patroni/config", "{'set':{'ttl':'5'},'remove':['postgresql.parameters.work_mem']}");
        var back = rest().get(CLUSTER + "/patroni").json();
        assertEquals("5", back.getString("settings.ttl"));
        assertNull(back.getMap("settings").get("postgresql.parameters.work_mem"));
    }

    @Test
    @Order(4)
    void it_is_restarted_standbys_first() {
        var leader = patroni.leader().name;
        var restarted = rest().succeed(CLUSTER + "/restarts", "{}").getList("result.instances", String.class);
        assertEquals(3, restarted.size());
        assertEquals(leader, restarted.getLast());
        settled();
        assertEquals(
                List.of(),
                rest().succeed(CLUSTER + "/restarts", "{'pendingOnly':true}").getList("result.instances"));
    }

    @Test
    @Order(5)
    void a_failover_that_patroni_makes_by_itself_is_told_and_clients_are_led_after_it() {
        var old = patroni.leader();
        var before = newestFailover().getList("items").size();
        old.killAll();
        var leader = patroni.awaitLeaderOtherThan(old);
        Eventually.until("clients are led to it", TOLD_WITHIN, () -> writesAt(leader));
        Eventually.until(
                "the failover is told",
                TOLD_WITHIN,
                () -> newestFailover().getList("items").size() > before);
        var told = newestFailover();
        assertNull(told.get("items[0].operation"));
        assertEquals("patroni", told.getString("items[0].principal"));
        assertEquals(old.name, told.getString("items[0].oldPrimary"));
        assertEquals(leader.name, told.getString("items[0].newPrimary"));
        assertNotNull(told.get("items[0].estimatedLossBytes"));
        old.start();
        settled();
    }

    /** Its PostgreSQL stays writable while another one is made leader: two primaries. */
    @Test
    @Order(6)
    void when_patroni_alone_is_killed_clients_are_shut_out_of_its_server_and_the_loss_is_told() {
        var old = patroni.leader();
        old.killPatroni();
        try (var direct = ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(old.port),
                RealPgBouncer.USER,
                RealPgBouncer.PASSWORD)) {
            direct.run("insert into written values (1000000)");
            var leader = patroni.awaitLeaderOtherThan(old);
            var elected = System.nanoTime();
            assertTrue(old.takesWrites(), "it is split");
            direct.run("insert into written values (1000001)");
            Eventually.until("clients are led away", TOLD_WITHIN, () -> writesAt(leader));
            Eventually.until(
                    "the loss is told",
                    TOLD_WITHIN,
                    () -> newestFailover().get("items[0].realLossBytes") != null
                            && old.name.equals(newestFailover().getString("items[0].oldPrimary")));
            System.out.printf(
                    "split by a killed Patroni: fenced and told %.1f s after another one led, %d bytes lost%n",
                    (System.nanoTime() - elected) / 1e9, newestFailover().getLong("items[0].realLossBytes"));
            var follow =
                    rest().get("/v1/operations?kind=follow-leader&pageSize=1").json();
            var ended = rest().succeeded(follow.getString("items[0].id"));
            assertEquals(old.name, ended.getString("result.shutOut[0].instance"), ended.prettify());
            var refused = rest().post(CLUSTER + "/switchovers?reason=a+test", "{}");
            assertFalse(refused.status() < 300, "nothing is done to a cluster that is split");
        }
        old.start();
        settled();
    }

    @Test
    @Order(7)
    void in_maintenance_mode_it_fails_over_only_when_told_to() {
        rest().succeed(CLUSTER + "/patroni/control", "{'action':'PAUSE'}");
        var old = patroni.leader();
        old.killAll();
        Eventually.until(
                "nobody leads",
                SETTLED_WITHIN,
                () -> rest().get(CLUSTER + "/patroni").json().get("leader") == null);
        takenForPrimary(patroni.replicaOf(old));
        var refused = rest().post(CLUSTER + "/failovers?reason=a+test", "{'acceptDataLossUpToBytes':0}");
        assertEquals(422, refused.status(), "what is lost is not accepted: " + refused);
        var failover = rest().succeed(CLUSTER + "/failovers?reason=a+test", "{'acceptDataLossUpToBytes':1000000000}");
        var winner = patroni.node(failover.getString("result.newPrimary"));
        assertTrue(writesAt(winner));
        rest().succeed(CLUSTER + "/patroni/control", "{'action':'RESUME'}");
        old.start();
        settled();
    }

    /** What was remembered before the last change of the leader may be older than that. */
    private void takenForPrimary(RealPatroniNode standby) {
        try (var session = service.store().open()) {
            session.run("""
                    insert into primary_sighting (cluster, instance, lsn, synchronous) values ('orders', '%s', 0, false)
                    on conflict (cluster, instance) do update set seen_at = now()
                    """.formatted(standby.name));
        }
    }

    @Test
    @Order(8)
    void a_replica_is_built_anew() {
        var replica = patroni.replica();
        var refused = rest().post(CLUSTER + "/rejoins", "{'instance':'%s'}".formatted(replica.name));
        assertEquals(422, refused.status(), refused.toString());
        var rebuilt =
                rest().succeed(CLUSTER + "/rejoins", "{'instance':'%s','method':'REBUILD'}".formatted(replica.name));
        assertEquals(patroni.leader().name, rebuilt.getString("result.primary"));
        settled();
    }

    @TestFactory
    @Order(9)
    Stream<DynamicTest> a_kill_at_any_moment_ends_in_its_true_state() {
        var kill = new Kill(service, board, new Leftovers(service), true);
        return trials().map(trial ->
                DynamicTest.dynamicTest(trial.kind(), () -> kill.tried(trial, Kill.any(trial, random))));
    }

    private Stream<Trial> trials() {
        return Stream.of(
                new Trial("control-patroni", 1, () -> control("PAUSE"), () -> isPaused()),
                new Trial("control-patroni", 1, () -> control("RESUME"), () -> !isPaused()),
                new Trial(
                        "configure-patroni",
                        2,
                        () -> rest().post(
                                        CLUSTER + "/patroni/config",
                                        "{'set':{'postgresql.parameters.work_mem':'7MB'}}"),
                        () -> "7MB"
                                .equals(rest().get(CLUSTER + "/patroni")
                                        .json()
                                        .getMap("settings")
                                        .get("postgresql.parameters.work_mem"))),
                new Trial(
                        "follow-leader",
                        5,
                        () -> rest().post(CLUSTER + "/follow-leader", "{}"),
                        () -> writesAt(patroni.leader())),
                new Trial(
                        "switchover",
                        10,
                        () -> rest().post(CLUSTER + "/switchovers?reason=trial", "{}"),
                        () -> writesAt(patroni.leader())));
    }

    private Rest.Answer control(String action) {
        return rest().post(CLUSTER + "/patroni/control", "{'action':'%s'}".formatted(action));
    }

    private boolean isPaused() {
        return rest().get(CLUSTER + "/patroni").json().getBoolean("paused");
    }

    @Test
    @Order(10)
    void every_invariant_holds() {
        new Oracle(service).refuseFindings();
    }
}
