package io.pgbosun.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.store.Store;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the oracle says of an installation that is as it should be, and of violations that are planted in its history. */
@QuarkusTest
@WithTestResource(value = TestHome.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorTest {
    private static final String VACUUM = "/v1/clusters/patient/maintenance/vacuum";

    private final Api api = Api.admin();

    @Inject
    Store store;

    /** One of each outcome that an ordinary day brings. */
    @BeforeAll
    void work() {
        api.succeed("/v1/clusters", "{'name':'patient','provision':{'standbys':1,'databases':['shop']}}");
        api.succeed(VACUUM, "{}");
        api.succeed("/v1/clusters/patient/maintenance/reindex", "{'databases':['shop']}");
        api.ended(api.started(api.post(VACUUM, "{'databases':['nosuch']}")));
        var later = api.started(api.post(VACUUM + "?startTime=2100-01-01T00:00:00Z", "{}"));
        api.post("/v1/operations/" + later + "/cancel", "{}").then().statusCode(200);
        var backup = api.succeed("/v1/clusters/patient/backups", "{}").getString("result.backup");
        api.succeed("/v1/clusters/patient/drills", "{'backup':'" + backup + "'}");
        api.succeed("/v1/clusters/patient/restores", "{'backup':'" + backup + "','database':'shop','swap':true}");
        api.succeed("/v1/clusters", "{'name':'gone','provision':{}}");
        api.succeed("/v1/clusters/gone/deregister", "{}");
    }

    @Test
    void an_installation_that_works_as_it_should_has_no_finding() {
        var diagnosis = diagnosis();
        assertEquals(List.of(), findings(diagnosis));
        assertTrue(diagnosis.getBoolean("healthy"));
        var examined = diagnosis.<Integer>getList("checks.findAll { it.id != 'I8' }.examinedCount");
        assertTrue(examined.stream().allMatch(count -> count > 0), diagnosis.prettify());
    }

    private JsonPath diagnosis() {
        return api.get("/v1/diagnosis").then().statusCode(200).extract().jsonPath();
    }

    /** As {@code I2 operations/…}. */
    private static List<String> findings(JsonPath diagnosis) {
        return diagnosis.<Map<String, Object>>getList("checks").stream()
                .flatMap(check -> ((List<?>) check.get("findings"))
                        .stream()
                                .map(finding -> check.get("id") + " " + ((Map<?, ?>) finding).get("subject") + ": "
                                        + ((Map<?, ?>) finding).get("seen")))
                .toList();
    }
}
