package io.pgbosun.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A password goes in and is never seen again: not in answers, metrics, process arguments or any column in clear. */
@QuarkusTest
@WithTestResource(TestHome.class)
class SecretsTest {
    private final Api api = Api.admin();

    @Inject
    Store store;

    @Inject
    ClusterStore clusters;

    @Test
    void a_cluster_is_deregistered_and_registered_again_without_its_password_being_seen() {
        api.succeed("/v1/clusters", "{'name':'secret','provision':{'databases':['shop']}}");
        var known = clusters.get("secret");
        var password = known.password().reveal();
        var port = known.instances().getFirst().port();
        api.succeed("/v1/clusters/secret/deregister", "{}");
        var registered = api.succeed(
                "/v1/clusters",
                "{'name':'secret','register':{'instances':[{'address':'127.0.0.1','port':%d}],'username':'postgres','password':'%s'}}"
                        .formatted(port, password));
        assertEquals("***", registered.getString("spec.password"));
        var id = registered.getString("id");
        var backup = api.succeed("/v1/clusters/secret/backups", "{}").getString("result.backup");
        api.succeed("/v1/clusters/secret/drills", "{'backup':'" + backup + "'}");
        for (var path : List.of(
                "/v1/clusters/secret",
                "/v1/clusters/secret/instances",
                "/v1/operations/" + id,
                "/v1/operations/" + id + "/events",
                "/v1/audit-entries?pageSize=500",
                "/v1/backups/" + backup,
                "/q/metrics")) {
            assertFalse(api.get(path).asString().contains(password), path);
        }
        assertEquals(List.of(), tablesWith(password));
        assertEquals(password, clusters.get("secret").password().reveal());
        assertEquals(
                0,
                ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().arguments().stream().flatMap(Stream::of))
                        .filter(argument -> argument.contains(password))
                        .count());
    }

    private List<String> tablesWith(String text) {
        var tables = store
                .query(
                        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
                .stream()
                .map(row -> row.text("table_name"))
                .toList();
        assertTrue(tables.size() > 10);
        return tables.stream()
                .filter(table -> store.one(
                                "select 1 from \"" + table + "\" t where position($1 in t::text) > 0 limit 1", text)
                        .isPresent())
                .toList();
    }

    @Test
    void a_stuck_operation_is_resolved_by_a_person_with_evidence() {
        api.succeed("/v1/clusters", "{'name':'stuck','provision':{}}");
        var id =
                api.started(api.post("/v1/clusters/stuck/maintenance/checkpoint?startTime=2100-01-01T00:00:00Z", "{}"));
        store.update(
                "update operation set state = 'STUCK', state_reason = 'for the test' where id = $1",
                UUID.fromString(id));
        assertEquals(422, api.post("/v1/operations/" + id + "/cancel", "{}").statusCode());
        assertEquals(
                400,
                api.post("/v1/operations/" + id + "/resolve", "{'resolution':'FAILED','evidence':' '}")
                        .statusCode());
        var resolved = api.post(
                "/v1/operations/" + id + "/resolve",
                "{'resolution':'FAILED','evidence':'pg_controldata says shut down'}");
        assertEquals("FAILED", resolved.jsonPath().getString("state"));
        assertTrue(resolved.jsonPath().getString("stateReason").contains("pg_controldata"));
        assertEquals(
                "pg_controldata says shut down",
                api.get("/v1/audit-entries?action=operation.resolve&operation=" + id)
                        .jsonPath()
                        .getString("items[0].details.evidence"));
    }
}
