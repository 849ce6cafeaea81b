package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R3: a worker stands still in the middle of a step for longer than its lease, and wakes up when another has finished. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZombieIT {
    private static final String JOURNAL = """
            select name || ' ' || state || ' ' || epoch || ' ' || coalesce(ended_at::text, '') from operation_step
            where operation = ?::uuid order by place, name""";
    private static final String OPERATION = "select row_to_json(o)::text from operation o where id = ?::uuid";

    private final Path folder = Service.newFolder();
    private final Scoreboard board = Scoreboard.of("R3", "SIGSTOP within a dump, SIGCONT after its end");
    private Service front;
    private Service two;
    private Service three;

    @BeforeAll
    void start() {
        front = Service.first(folder, "api");
        two = front.beside("two", "api,worker");
        three = front.beside("three", "api,worker");
        front.rest()
                .succeed(
                        "/v1/clusters",
                        "{'name':'haunted','provision':{'databases':['shop'],'parameters':{'log_statement':'all'},'seed':{'pgbenchScale':10}}}");
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, two, three, front);
    }

    @Test
    void a_worker_that_wakes_up_after_its_lease_writes_nothing() {
        for (int run = 0; run < Scoreboard.size(2, 20); run++) {
            board.run(this::haunt);
        }
    }

    private void haunt() {
        var before = front.rest()
                .get("/v1/clusters/haunted/backups?pageSize=500")
                .json()
                .<String>getList("items.id");
        var operation = front.rest()
                .post("/v1/clusters/haunted/backups", "{'format':'DIRECTORY','jobs':2}")
                .started();
        var zombie = Service.theOneThatRuns("pg_dump", two, three);
        zombie.freeze();
        var frozen = System.nanoTime();
        var ended = front.rest().succeeded(operation);
        board.recovered(Duration.ofNanos(System.nanoTime() - frozen));
        assertEquals(operation, ended.getString("result.backup"));
        assertEquals(2, front.store().number(ControlDatabase.EPOCH, operation));
        var journal = front.store().values(JOURNAL, operation);
        var row = front.store().value(OPERATION, operation);
        var log = serverLog();
        assertTrue(log.contains("pgbosun:" + operation + ":1"), "the log says who said what");
        zombie.thaw();
        Eventually.until(
                () -> "the zombie notices: " + zombie.log(),
                Duration.ofSeconds(60),
                Duration.ofMillis(50),
                () -> zombie.log().contains("operation " + operation + " epoch 1 is left to another run"));
        front.rest().succeed("/v1/clusters/haunted/maintenance/checkpoint", "{}");
        assertEquals(journal, front.store().values(JOURNAL, operation));
        assertEquals(row, front.store().value(OPERATION, operation));
        assertFalse(
                serverLog().substring(log.length()).contains("pgbosun:" + operation + ":1"),
                "the zombie has said something to the server");
        var backups = new ArrayList<>(List.of(operation));
        backups.addAll(before);
        assertEquals(
                backups,
                front.rest()
                        .get("/v1/clusters/haunted/backups?pageSize=500")
                        .json()
                        .getList("items.id"));
        assertFalse(zombie.runs("pg_dump"), "the zombie's programs have ended");
        assertEquals(200, zombie.answers("/q/health/ready"));
        new Leftovers(front).refuse();
        new Oracle(zombie).refuseFindings();
        front.rest().succeed("/v1/clusters/haunted/drills", "{'backup':'%s'}".formatted(operation));
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private String serverLog() {
        try (var files = Files.find(
                front.home().resolve("clusters/haunted"),
                3,
                (path, attributes) -> path.toString().endsWith(".log"))) {
            var text = new StringBuilder();
            for (var file : files.sorted().toList()) {
                text.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
