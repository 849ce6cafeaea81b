package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Server;
import io.pgbosun.operation.Wait;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Failovers of copies on real servers: what they cost is measured, nothing is left, and the cluster is as it was. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverDrillTest {
    private static final String CLUSTER = "/v1/clusters/rehearsed";
    private static final String DRILLS = CLUSTER + "/failover-drills";
    private static final String WRITE = "write to drill-1, and kill it";
    private static final String FIRST_WRITE = "write to drill-2";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Topology topology;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    private List<String> before;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'rehearsed','provision':{'standbys':1,'databases':['shop'],'seed':{}}}");
    }

    @AfterAll
    void delete() {
        api.succeeded(api.delete(CLUSTER + "?confirm=rehearsed"));
    }

    @BeforeEach
    void look() {
        before = traces();
    }

    @AfterEach
    void nothing_is_left_over_and_the_cluster_is_as_it_was() throws IOException {
        assertEquals(before, traces());
        var scratch = Files.createDirectories(Path.of(home, "scratch"));
        try (var left = Files.list(scratch)) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(List.of(), processesIn(scratch.toAbsolutePath()));
    }

    /** What a failover, a writer or a standby would leave there. */
    private List<String> traces() {
        return topology.look(clusters.get("rehearsed")).stream()
                .map(sighting -> {
                    var server = topology.server(sighting);
                    var facts = sighting.facts();
                    return "%s standby=%s timeline=%d started=%s slots=%s tables=%s"
                            .formatted(
                                    sighting.instance().name(),
                                    facts.inRecovery(),
                                    facts.timeline(),
                                    facts.startedAt(),
                                    server.traces(),
                                    server.tables("postgres"));
                })
                .toList();
    }

    private static List<String> processesIn(Path scratch) {
        return ProcessHandle.allProcesses()
                .filter(process -> worksIn(process, scratch))
                .map(ProcessHandle::toString)
                .toList();
    }

    private static boolean worksIn(ProcessHandle process, Path folder) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "cwd"))
                    .startsWith(folder);
        } catch (IOException gone) {
            return false; // or another user's
        }
    }

    private Server primary() {
        return topology.primary(clusters.get("rehearsed"));
    }

    private void backup() {
        api.succeed(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP'}");
    }

    private JsonPath drill(String body) {
        return api.ended(api.started(api.post(DRILLS, body)));
    }

    private JsonPath newest() {
        return api.get(DRILLS + "?pageSize=1").jsonPath();
    }

    private JsonPath events(String operation) {
        return api.get("/v1/operations/" + operation + "/events?pageSize=500").jsonPath();
    }

    private Instant done(String operation, String step) {
        return Instant.parse(events(operation)
                .getString("items.find { it.data.step == '%s' && it.data.state == 'DONE' }.at".formatted(step)));
    }

    @Test
    @Order(1)
    void without_a_physical_backup_there_is_nothing_to_make_a_copy_of() {
        var refused = drill("{}");
        assertEquals("FAILED", refused.getString("state"));
        assertTrue(refused.getString("problem.detail").contains("physical backup"), refused.prettify());
        assertEquals(List.of(), newest().getList("items"));
    }

    @Test
    @Order(2)
    void a_preview_tells_what_would_be_done_and_does_nothing() {
        backup();
        var plan = api.post(DRILLS + "?preview=true", "{}")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        var steps = plan.<String>getList("steps.name");
        assertTrue(
                steps.containsAll(
                        List.of("unpack the backup", WRITE, "promote drill-2", FIRST_WRITE, "remove drill-1")),
                plan.prettify());
        assertTrue(plan.getLong("blastRadius.diskBytes") > 0);
    }

    @Test
    @Order(3)
    void a_copy_is_failed_over_and_what_it_cost_is_measured() {
        var operation = drill("{'writeSeconds':2}");
        assertEquals("SUCCEEDED", operation.getString("state"), operation.prettify());
        var id = operation.getString("id");
        var cost = "result.drill.cost.";
        assertTrue(operation.getLong(cost + "acknowledgedRows") > 100, operation.prettify());
        var lost = operation.getLong(cost + "lostRows");
        assertTrue(lost >= 0 && lost < 1000, operation.prettify());
        assertEquals(3, operation.getInt(cost + "timeline"), "one began with the recovery, one with the promotion");
        var between = Duration.between(done(id, WRITE), done(id, FIRST_WRITE)).toMillis() / 1000.0;
        var without = operation.getDouble(cost + "withoutWritesSeconds");
        assertTrue(without > 0 && Math.abs(without - between) < 2, without + " s, and by the events " + between);
        var seen = operation.<String>getList("result.drill.evidence.sees");
        assertTrue(seen.stream().filter("DOWN"::equals).count() >= 2, operation.prettify());
        assertEquals(List.of("drill-2"), operation.getList("result.drill.candidates.instance"));
        var phases = operation.<Float>getList("result.drill.phases.durationSeconds");
        var whole = Duration.between(
                                Instant.parse(operation.getString("result.drill.startTime")),
                                Instant.parse(operation.getString("result.drill.endTime")))
                        .toMillis()
                / 1000.0;
        assertEquals(whole, phases.stream().mapToDouble(Float::doubleValue).sum(), 0.05);
        assertEquals(id, newest().getString("items[0].id"));
        assertTrue(newest().getBoolean("items[0].passed"));
    }

    @Test
    @Order(4)
    void when_commits_wait_for_the_standby_none_that_was_acknowledged_is_lost() {
        var operation = drill("{'writeSeconds':2,'synchronous':true,'maxLostRows':0,'maxWithoutWritesSeconds':60}");
        assertEquals("SUCCEEDED", operation.getString("state"), operation.prettify());
        assertTrue(operation.getLong("result.drill.cost.acknowledgedRows") > 10, operation.prettify());
        assertEquals(0, operation.getLong("result.drill.cost.lostRows"));
    }

    @Test
    @Order(5)
    void a_bound_that_is_not_met_fails_it_and_says_which() {
        var failed = drill("{'writeSeconds':1,'maxWithoutWritesSeconds':0}");
        assertEquals("FAILED", failed.getString("state"));
        assertTrue(failed.getString("problem.type").endsWith("assertion-failed"), failed.prettify());
        var kept = newest();
        assertEquals(failed.getString("id"), kept.getString("items[0].id"));
        assertEquals(failed.getString("problem.detail"), kept.getString("items[0].unmet[0]"));
        assertTrue(kept.getString("items[0].unmet[0]").contains("at most 0.0 s are allowed"), kept.prettify());
        assertNull(kept.getString("items[0].failure"));
        assertEquals(400, api.post(DRILLS, "{'maxLostRows':-1}").statusCode());
    }

    @Test
    @Order(6)
    void a_drill_that_is_cancelled_while_it_writes_leaves_nothing() {
        var id = api.started(api.post(DRILLS, "{'writeSeconds':600}"));
        Wait.until(
                "it writes",
                Duration.ofMinutes(2),
                () -> events(id).getList("items.data.step").contains(WRITE));
        api.post("/v1/operations/" + id + "/cancel", "{}").then().statusCode(200);
        assertEquals("CANCELLED", api.ended(id).getString("state"));
    }

    /** Such commits are acknowledged before they are written: the last ones die with their server. */
    @Test
    @Order(7)
    void rows_that_are_really_lost_are_counted_also_when_no_WAL_tells_of_them() {
        primary().script("postgres", "alter database postgres set synchronous_commit = off");
        backup();
        var failed = drill("{'writeSeconds':2,'maxLostRows':0}");
        assertEquals("FAILED", failed.getString("state"), failed.prettify());
        var kept = newest();
        var lost = kept.getLong("items[0].cost.lostRows");
        assertTrue(lost > 0, kept.prettify());
        assertTrue(
                failed.getString("problem.detail")
                        .contains("%d of %d acknowledged rows are lost, and at most 0 are allowed"
                                .formatted(lost, kept.getLong("items[0].cost.acknowledgedRows"))),
                failed.prettify());
    }
}
