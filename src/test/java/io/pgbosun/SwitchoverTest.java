package io.pgbosun;

import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Soon;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Switchovers on a real primary with two standbys: nothing is lost, everybody follows, and back again. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SwitchoverTest {
    private static final String CLUSTER = "/v1/clusters/switched";
    private static final String SWITCHOVERS = CLUSTER + "/switchovers?reason=a+test";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @Inject
    PgPrograms programs;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'switched','provision':{'standbys':2,'databases':['shop']}}");
        server(1).script("shop", "create table event (id integer primary key); insert into event values (1)");
    }

    private InstanceRecord instance(int number) {
        return clusters.get("switched").instances().get(number - 1);
    }

    private Server server(int number) {
        return servers.at(clusters.get("switched").endpoint(instance(number)));
    }

    private List<String> roles() {
        return api.get(CLUSTER + "/instances").then().extract().path("items.role");
    }

    @Test
    @Order(1)
    void the_standby_that_is_named_becomes_primary_with_every_transaction_and_the_others_follow() {
        var result = api.succeed(SWITCHOVERS, "{'candidate':'switched-2'}");
        assertEquals("switched-1", result.getString("result.oldPrimary"));
        assertEquals("switched-2", result.getString("result.newPrimary"));
        assertEquals(2, result.getInt("result.timeline"));
        assertEquals(List.of("STANDBY", "PRIMARY", "STANDBY"), roles());
        server(2).script("shop", "insert into event values (2)");
        assertEquals("2", server(2).value("shop", "select count(*) from event").orElseThrow());
        assertTrue(server(2).streamsTo("switched-1"));
        assertTrue(server(2).streamsTo("switched-3"));
        assertEquals(List.of(), server(1).traces().slots());
        assertEquals(List.of("switched_1", "switched_3"), server(2).traces().slots());
    }

    @Test
    @Order(2)
    void without_a_name_one_is_chosen_and_a_standby_that_is_down_follows_when_it_is_started() {
        var down = Path.of(instance(3).dataDirectory());
        programs.stop(down);
        var result = api.succeed(SWITCHOVERS, "{}");
        assertEquals("switched-1", result.getString("result.newPrimary"));
        assertTrue(result.getString("warnings").contains("switched-3 does not answer"), result.prettify());
        server(1).script("shop", "insert into event values (3)");
        api.succeed(CLUSTER + "/start", "{}");
        Soon.until("switched-3 streams", () -> server(1).streamsTo("switched-3"));
        assertEquals(List.of("PRIMARY", "STANDBY", "STANDBY"), roles());
    }

    @Test
    @Order(3)
    void what_cannot_be_done_is_refused_by_name_and_nothing_is_stopped() {
        api.post(SWITCHOVERS, "{'candidate':'switched-9'}")
                .then()
                .statusCode(422)
                .body("detail", org.hamcrest.Matchers.containsString("one of [switched-2, switched-3]"));
        api.post(SWITCHOVERS, "{'candidate':'switched-1'}").then().statusCode(422);
        assertEquals(List.of("PRIMARY", "STANDBY", "STANDBY"), roles());
    }

    @Test
    @Order(4)
    void a_candidate_that_falls_further_behind_is_told_of_before_anything_is_stopped() {
        server(2).script("postgres", "select pg_wal_replay_pause()");
        server(1).script("shop", "insert into event values (4)");
        var plan = api.post(SWITCHOVERS + "&preview=true", "{'candidate':'switched-2','maxLagBytes':0}");
        server(2).script("postgres", "select pg_wal_replay_resume()");
        plan.then().statusCode(200).body("checks.find { it.name == 'the candidate catches up' }.verdict", is("WARN"));
        assertEquals(List.of("PRIMARY", "STANDBY", "STANDBY"), roles());
    }
}
