package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.LocalPgPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A managed server is killed under an operation: told as it is, and no harm to anything else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreachableClusterIT {
    private static final Duration TOLD = Duration.ofSeconds(60);

    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private Service service;

    @BeforeAll
    void start() {
        service = Service.first(folder, "api,worker");
        service.rest().provision("lost", 10);
        service.rest().provision("sound", 1);
    }

    @AfterAll
    void clear() {
        Service.clear(folder, service);
    }

    private Path data() {
        return service.home().resolve("clusters/lost/lost-1");
    }

    @Test
    void a_vacuum_whose_server_is_killed_fails_as_unreachable_and_the_service_stays_healthy() throws IOException {
        var operation = startAndKillServer("vacuum", "{'databases':['shop'],'full':true}");
        var ended = service.rest().ended(operation, TOLD);
        assertEquals("FAILED", ended.getString("state"), ended.prettify());
        assertEquals("urn:pgbosun:problem:unreachable", ended.getString("problem.type"));
        assertEquals(200, service.answers("/q/health/ready"));
        service.rest().succeed("/v1/clusters/sound/maintenance/vacuum", "{'databases':['shop']}");
        assertEquals(
                List.of("DOWN"),
                service.rest().get("/v1/clusters/lost/instances").json().getList("items.state"));
        service.rest().succeed("/v1/clusters/lost/start", "{}");
        service.rest().succeed("/v1/clusters/lost/maintenance/vacuum", "{'databases':['shop']}");
        new Leftovers(service).refuse();
    }

    @Test
    void a_reindex_whose_server_is_killed_is_stuck_until_the_server_is_back_and_leaves_no_invalid_index()
            throws IOException {
        var operation = startAndKillServer("reindex", "{'databases':['shop']}");
        Eventually.until(
                () -> "it is stuck: " + service.rest().get("/v1/operations/" + operation),
                TOLD,
                Duration.ofMillis(100),
                () -> "STUCK".equals(service.store().value(ControlDatabase.STATE, operation)));
        var stuck = service.rest().get("/v1/operations/" + operation).json();
        assertEquals("urn:pgbosun:problem:unreachable", stuck.getString("problem.type"));
        assertTrue(
                service.store()
                                .number(
                                        "select count(*) from operation_lock where operation = ?::uuid and held",
                                        operation)
                        > 0,
                "what is stuck holds its locks");
        programs.start(data());
        var ended = service.rest().ended(operation, TOLD);
        assertEquals("FAILED", ended.getString("state"), ended.prettify());
        assertEquals("urn:pgbosun:problem:unreachable", ended.getString("problem.type"));
        new Leftovers(service).refuse();
        service.rest().succeed("/v1/clusters/lost/maintenance/reindex", "{'databases':['shop']}");
    }

    private String startAndKillServer(String verb, String body) throws IOException {
        var operation = service.rest()
                .post("/v1/clusters/lost/maintenance/" + verb, body)
                .started();
        try (var store = service.store().open()) {
            Eventually.closely(
                    verb + " begins",
                    Duration.ofSeconds(60),
                    () -> store.value(
                                    "select name from operation_step where operation = ?::uuid and state = 'INTENT'",
                                    operation)
                            != null);
        }
        killServer();
        assertTrue(
                Set.of("RUNNING", "STUCK", "FAILED").contains(service.store().value(ControlDatabase.STATE, operation)),
                "it was not faster than the kill");
        return operation;
    }

    /** The whole server: a backend that is busy would outlive its postmaster for a while. */
    private void killServer() throws IOException {
        var pid = Long.parseLong(
                Files.readAllLines(data().resolve("postmaster.pid")).getFirst().strip());
        var postmaster = ProcessHandle.of(pid).orElseThrow();
        var processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        Eventually.until(
                "the server is dead",
                Duration.ofSeconds(10),
                () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }
}
