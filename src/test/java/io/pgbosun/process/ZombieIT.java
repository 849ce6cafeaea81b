package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A worker stands still in the middle of a step for longer than its lease, and wakes up when another has finished. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZombieIT {
    private static final String JOURNAL = """
            select name || ' ' || state || ' ' || epoch || ' ' || coalesce(ended_at::text, '') from operation_step
            where operation = ?::uuid order by place, name""";
    private static final String OPERATION = "select row_to_json(o)::text from operation o where id = ?::uuid";

    private final Path folder = Service.newFolder();
    private Service front;
    private Service zombie;
    private Service heir;

    @BeforeAll
    void start() {
        front = Service.first(folder, "api");
        zombie = front.beside("zombie", "api,worker");
        front.rest().provision("haunted", 10);
    }

    @AfterAll
    void clear() {
        Service.clear(folder, zombie, heir, front);
    }

    @Test
    void a_worker_that_wakes_up_after_its_lease_writes_nothing() {
        var operation = front.rest()
                .post("/v1/clusters/haunted/backups", "{'format':'DIRECTORY','jobs':2}")
                .started();
        Eventually.closely("a dump runs", Duration.ofSeconds(60), () -> zombie.runs("pg_dump"));
        zombie.freeze();
        heir = front.beside("heir", "api,worker");
        var ended = front.rest().succeeded(operation);
        assertEquals(operation, ended.getString("result.backup"));
        assertEquals(2, front.store().number(ControlDatabase.EPOCH, operation));
        var journal = front.store().values(JOURNAL, operation);
        var row = front.store().value(OPERATION, operation);
        zombie.thaw();
        Eventually.until(
                () -> "the zombie notices: " + zombie.log(),
                Duration.ofSeconds(60),
                Duration.ofMillis(50),
                () -> zombie.log().contains("operation " + operation + " epoch 1 is left to another run"));
        var after = front.rest().succeed("/v1/clusters/haunted/maintenance/checkpoint", "{}");
        assertEquals("SUCCEEDED", after.getString("state"));
        assertEquals(journal, front.store().values(JOURNAL, operation));
        assertEquals(row, front.store().value(OPERATION, operation));
        assertEquals(
                List.of(operation),
                front.rest().get("/v1/clusters/haunted/backups").json().getList("items.id"));
        assertFalse(zombie.runs("pg_dump"), "the zombie's programs have ended");
        assertEquals(200, zombie.answers("/q/health/ready"));
        new Leftovers(front).refuse();
        new Oracle(zombie).refuseFindings();
        front.rest().succeed("/v1/clusters/haunted/drills", "{'backup':'%s'}".formatted(operation));
    }
}
