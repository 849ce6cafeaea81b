package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.adapter.PostgresBin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The control database crashes under load and stays away for longer than a lease. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlDatabaseStoppedIT {
    private static final Duration AWAY = Duration.ofSeconds(20);

    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private Service service;

    @BeforeAll
    void start() {
        service = Service.first(folder, "api,worker");
        service.rest().provision("busy", 5);
        service.rest().provision("quick", 1);
        service.rest().succeed("/v1/clusters/busy/backups", "{}");
    }

    @AfterAll
    void clear() {
        Service.clear(folder, service);
    }

    @Test
    void nothing_accepted_is_lost_and_callers_are_told_to_come_back() throws IOException, InterruptedException {
        var operations = startSome();
        awaitStep(operations.getFirst(), "restore shop");
        var store = service.store().directory();
        stopAtOnce(store);
        var deadline = System.nanoTime() + AWAY.toNanos();
        while (System.nanoTime() < deadline) {
            tellsToComeBack();
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
        programs.start(store);
        var back = System.nanoTime();
        Eventually.until("ready again", Duration.ofSeconds(15), () -> service.answers("/q/health/ready") == 200);
        System.out.printf("ControlDatabaseStoppedIT: ready again after %.1f s%n", (System.nanoTime() - back) / 1e9);
        operations.forEach(service.rest()::succeeded);
        System.out.printf("ControlDatabaseStoppedIT: all ended after %.1f s%n", (System.nanoTime() - back) / 1e9);
        assertEquals(
                0, service.store().number("select count(*) from operation where idempotency_key = 'while it is away'"));
        new Leftovers(service).refuse();
        assertEventsWithoutGap(operations);
    }

    /** A drill, and vacuums that stand in line. */
    private List<String> startSome() {
        var operations = new ArrayList<String>();
        operations.add(service.rest()
                .post("/v1/clusters/busy/drills", "{'assertions':[{'type':'AMCHECK','database':'shop'}]}")
                .started());
        for (var cluster : List.of("busy", "quick", "busy", "quick", "busy")) {
            operations.add(service.rest()
                    .post("/v1/clusters/" + cluster + "/maintenance/vacuum", "{'full':true,'databases':['shop']}")
                    .started());
        }
        return operations;
    }

    private void awaitStep(String operation, String step) {
        try (var session = service.store().open()) {
            Eventually.closely(
                    step,
                    Duration.ofSeconds(60),
                    () -> session.value(
                                    "select name from operation_step where operation = ?::uuid and name = ?",
                                    operation,
                                    step)
                            != null);
        }
    }

    private static void stopAtOnce(Path store) throws IOException, InterruptedException {
        var program = PostgresBin.find(System.getenv()).directory().resolve("pg_ctl");
        var stopped = new ProcessBuilder(
                        program.toString(), "-D", store.toString(), "-m", "immediate", "-w", "-s", "stop")
                .inheritIO()
                .start()
                .waitFor();
        assertEquals(0, stopped);
    }

    private void tellsToComeBack() {
        var answers = List.of(
                service.rest().get("/v1/clusters"),
                service.rest().post("/v1/clusters/quick/maintenance/vacuum", "{}", "while it is away"));
        for (var answer : answers) {
            assertEquals(503, answer.status(), answer.toString());
            assertEquals("urn:pgbosun:problem:unreachable", answer.json().getString("type"));
            assertEquals(
                    "application/problem+json",
                    answer.header("Content-Type").orElse("none").split(";")[0]);
            assertTrue(Integer.parseInt(answer.header("Retry-After").orElse("0")) > 0, answer.toString());
        }
        var ready = Rest.anonymous(service.port()).get("/q/health/ready");
        assertEquals(503, ready.status(), ready.toString());
        assertEquals("DOWN", ready.json().getString("status"));
        var live = Rest.anonymous(service.port()).get("/q/health/live");
        assertEquals(200, live.status(), live.toString());
        assertEquals("UP", live.json().getString("status"));
    }

    private void assertEventsWithoutGap(List<String> operations) {
        for (var operation : operations) {
            assertEquals("t", service.store().value("""
                            select count(*) = max(number) and max(number) = (select last_event from operation where id = ?::uuid)
                            from operation_event where operation = ?::uuid""", operation, operation));
        }
    }
}
