package io.pgbosun;

import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Soon;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.problem.Problem;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Failovers on a real primary with two standbys: evidence, loss, fence, and the way back. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverTest {
    private static final String CLUSTER = "/v1/clusters/failing";
    private static final String FAILOVERS = CLUSTER + "/failovers?reason=the+host+is+on+fire";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @Inject
    PgPrograms programs;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'failing','provision':{'standbys':2,'databases':['shop']}}");
        server(1).script("shop", "create table event (id integer primary key); insert into event values (1)");
    }

    private InstanceRecord instance(int number) {
        return clusters.get("failing").instances().get(number - 1);
    }

    private Path directory(int number) {
        return Path.of(instance(number).dataDirectory());
    }

    private Server server(int number) {
        return servers.at(clusters.get("failing").endpoint(instance(number)));
    }

    private List<String> roles() {
        return api.get(CLUSTER + "/instances").then().extract().path("items.role");
    }

    private void write(int number, int id) {
        server(number).script("shop", "insert into event values (" + id + ")");
    }

    private String rows(int number) {
        return server(number)
                .value("shop", "select string_agg(id::text, ' ' order by id) from event")
                .orElseThrow();
    }

    @Test
    @Order(1)
    void a_primary_that_is_up_is_not_taken_down_and_a_reason_must_be_given() {
        api.post(FAILOVERS, "{}").then().statusCode(422).body("detail", containsString("the primary is down"));
        api.post(CLUSTER + "/failovers", "{}").then().statusCode(400).body("errors[0].field", containsString("reason"));
        assertEquals(List.of("PRIMARY", "STANDBY", "STANDBY"), roles());
    }

    @Test
    @Order(2)
    void when_the_primary_is_dead_the_best_standby_takes_its_place_and_the_old_one_is_fenced() {
        programs.halt(directory(1));
        var result = api.succeed(FAILOVERS, "{}");
        assertEquals("failing-1", result.getString("result.oldPrimary"));
        var now = Integer.parseInt(result.getString("result.newPrimary").substring("failing-".length()));
        var other = 5 - now;
        assertEquals(2, result.getInt("result.timeline"));
        assertEquals(0, result.getInt("result.estimatedLossBytes"));
        write(now, 2);
        Soon.until("the other standby follows", () -> server(now).streamsTo("failing-" + other));
        assertEquals("1 2", rows(now));
        programs.start(directory(1)); // somebody starts the old primary by force
        assertTrue(server(1).facts().inRecovery());
        assertThrows(Problem.class, () -> write(1, 3));
        var failover = api.get(CLUSTER + "/failovers").jsonPath();
        assertEquals("the host is on fire", failover.getString("items[0].reason"));
        assertEquals("failing-1", failover.getString("items[0].oldPrimary"));
        assertTrue(failover.getList("items[0].evidence.sees").stream()
                        .filter("DOWN"::equals)
                        .count()
                >= 2);
        assertEquals(2, failover.getList("items[0].candidates").size());
    }

    @Test
    @Order(3)
    void the_old_primary_rejoins_and_what_was_really_lost_is_told() {
        var result = api.succeed(CLUSTER + "/rejoins", "{'instance':'failing-1'}");
        assertEquals(0, result.getInt("result.lostCommits"));
        assertEquals(1, roles().stream().filter("PRIMARY"::equals).count());
        assertEquals("1 2", rows(1));
        var failover = api.get(CLUSTER + "/failovers").jsonPath();
        assertEquals(0, failover.getInt("items[0].realLossBytes"));
    }

    /** The standbys stand still while it writes on: what they lack is on the disk of the old primary alone. */
    @Test
    @Order(4)
    void commits_that_no_standby_has_are_counted_and_must_be_accepted() {
        var primary = 1 + roles().indexOf("PRIMARY");
        var standbys =
                List.of(1, 2, 3).stream().filter(number -> number != primary).toList();
        standbys.forEach(number -> programs.halt(directory(number)));
        write(primary, 10);
        write(primary, 11);
        programs.halt(directory(primary));
        standbys.forEach(number -> programs.start(directory(number)));
        var refused = api.post(FAILOVERS, "{}").then().statusCode(422).extract().jsonPath();
        assertTrue(refused.getString("detail").contains("2 commits"), refused::prettify);
        var result = api.succeed(FAILOVERS, "{'acceptDataLossUpToBytes':1048576}");
        var estimate = result.getLong("result.estimatedLossBytes");
        assertTrue(estimate > 0, result::prettify);
        var now = Integer.parseInt(result.getString("result.newPrimary").substring("failing-".length()));
        assertEquals("1 2", rows(now));
        write(now, 20);
        var rejoined = api.succeed(CLUSTER + "/rejoins", "{'instance':'failing-%d'}".formatted(primary));
        assertEquals(2, rejoined.getInt("result.lostCommits"));
        assertTrue(rejoined.getLong("result.lostBytes") <= estimate, rejoined::prettify);
        assertEquals("1 2 20", rows(primary));
        assertEquals(2, api.get(CLUSTER + "/failovers").jsonPath().getInt("items[0].realLossCommits"));
    }

    @Test
    @Order(5)
    void an_instance_whose_data_is_lost_is_built_anew() {
        var primary = 1 + roles().indexOf("PRIMARY");
        var lost = primary == 1 ? 2 : 1;
        programs.remove(directory(lost));
        api.succeed(CLUSTER + "/rejoins", "{'instance':'failing-%d','method':'REBUILD'}".formatted(lost));
        assertEquals("1 2 20", rows(lost));
        assertFalse(roles().contains("UNKNOWN"));
    }

    /** The disk of the old primary was away when it was failed over from, so that nothing could be written there. */
    @Test
    @Order(6)
    void an_old_primary_that_could_not_be_fenced_is_stopped_when_it_takes_writes_again() throws IOException {
        var old = 1 + roles().indexOf("PRIMARY");
        programs.halt(directory(old));
        var away = directory(old).resolveSibling("away");
        Files.move(directory(old), away);
        var result = api.succeed(FAILOVERS, "{'acceptDataLossUpToBytes':1099511627776}");
        assertTrue(result.getString("warnings").contains("is not kept from taking writes"), result.prettify());
        Files.move(away, directory(old));
        programs.start(directory(old));
        Soon.until("it is stopped for good", () -> programs.comesUpAsStandby(directory(old)));
        assertFalse(programs.running(directory(old)));
        Soon.until(
                "that is told",
                () -> api.get("/v1/operations?kind=follow-leader&target=clusters/failing")
                        .jsonPath()
                        .getList("items.state")
                        .contains("SUCCEEDED"));
        var told = api.get("/v1/operations?kind=follow-leader&target=clusters/failing")
                .jsonPath();
        assertEquals("pgbosun", told.getString("items[0].principal"), told.prettify());
        assertTrue(told.getString("items[0].reason").startsWith("failing-%d takes writes though".formatted(old)));
        api.succeed(CLUSTER + "/rejoins", "{'instance':'failing-%d'}".formatted(old));
        assertEquals(1, roles().stream().filter("PRIMARY"::equals).count());
    }

    @Test
    @Order(7)
    void what_a_dead_primary_had_not_archived_is_archived_when_it_rejoins() {
        var old = 1 + roles().indexOf("PRIMARY");
        var archive = Path.of(api.succeed(CLUSTER + "/wal-archive", "{}").getString("result.directory"));
        api.succeed(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP'}");
        server(old).alterSystem("archive_command", "/bin/false");
        server(old).reload();
        write(old, 30);
        var left = server(old).switchWal();
        write(old, 31);
        server(old).switchWal();
        programs.halt(directory(old));
        api.succeed(FAILOVERS, "{'acceptDataLossUpToBytes':1099511627776}");
        assertFalse(Files.exists(archive.resolve(left)));
        api.succeed(CLUSTER + "/rejoins", "{'instance':'failing-%d'}".formatted(old));
        assertTrue(Files.exists(archive.resolve(left)));
        var recoverability = api.get(CLUSTER + "/recoverability").jsonPath();
        assertEquals(List.of(), recoverability.getList("holes"), recoverability::prettify);
    }

    /** It follows a standby that is down as well, which is no primary. */
    @Test
    @Order(8)
    void a_cascading_standby_alone_tells_who_was_the_primary() {
        var primary = 1 + roles().indexOf("PRIMARY");
        var first = primary == 1 ? 2 : 1;
        var upstream = 6 - primary - first;
        api.succeed(CLUSTER + "/instances", "{'upstream':'failing-%d'}".formatted(upstream)); // failing-4
        programs.halt(directory(primary));
        programs.halt(directory(first));
        programs.halt(directory(upstream));
        var result = api.succeed(FAILOVERS, "{'acceptDataLossUpToBytes':1099511627776}");
        assertEquals("failing-" + primary, result.getString("result.oldPrimary"), result.prettify());
        assertEquals("failing-4", result.getString("result.newPrimary"), result.prettify());
    }
}
