package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/** R15: a service is asked to end while it works: another goes on at once, not after a lease. */
@Isolated("its handover is measured")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GracefulStopIT {
    /** Promised are about 2 s; a lease would take 10. */
    private static final Duration HANDED_OVER = Duration.ofSeconds(6);

    private static final int CALLERS = 8;

    private final Scoreboard board = Scoreboard.of("R15", "SIGTERM of one of two, within a dump and under load");
    private final Path folder = Service.newFolder();
    private Service front;
    private Service two;
    private Service three;

    @BeforeAll
    void start() {
        front = Service.first(folder, "api");
        two = front.beside("two", "api,worker");
        three = front.beside("three", "api,worker");
        front.rest().provision("handed", 10);
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, two, three, front);
    }

    @Test
    void another_service_takes_over_within_about_two_seconds() {
        for (int run = 0; run < Scoreboard.size(3, 20); run++) {
            board.run(this::handOver);
        }
    }

    private void handOver() {
        var operation = front.rest()
                .post("/v1/clusters/handed/backups", "{'databases':['shop']}")
                .started();
        var leaving = Service.theOneThatRuns("pg_dump", two, three);
        var began = System.nanoTime();
        leaving.terminate();
        try (var store = front.store().open()) {
            Eventually.until(
                    () -> "it is taken over: "
                            + store.value("select row_to_json(o)::text from operation o where id = ?::uuid", operation)
                            + leaving.log(),
                    HANDED_OVER,
                    Duration.ofMillis(10),
                    () -> Integer.parseInt(store.value(ControlDatabase.EPOCH, operation)) == 2);
        }
        board.recovered(Duration.ofNanos(System.nanoTime() - began));
        leaving.awaitEnd();
        assertEquals(operation, front.rest().succeeded(operation).getString("result.backup"));
        assertEquals(2, front.store().number(ControlDatabase.EPOCH, operation));
        assertTrue(front.store().values("""
                select name from operation_step where operation = ?::uuid and state not in ('DONE', 'FOUND')""", operation).isEmpty());
        new Leftovers(front).refuse();
        leaving.start();
        judge();
    }

    @Test
    void no_request_is_lost_under_load() {
        for (int run = 0; run < Scoreboard.size(2, 20); run++) {
            var leaving = run % 2 == 0 ? two : three;
            board.run(() -> stopUnderLoad(leaving));
        }
    }

    /**
     * As behind a load balancer: all is asked of the service that leaves, until it says with one answer that it leaves;
     * from then on of the other one.
     */
    private void stopUnderLoad(Service leaving) throws InterruptedException {
        var staying = leaving == two ? three : two;
        var load = new Load(
                CALLERS,
                Duration.ofMillis(10),
                "/v1/clusters/handed/maintenance/no-op",
                "{'steps':2,'stepMillis':20}",
                toldToLeave -> (toldToLeave ? staying : leaving).rest());
        try (load) {
            TimeUnit.SECONDS.sleep(2);
            leaving.terminate();
            leaving.awaitEnd();
            TimeUnit.SECONDS.sleep(1);
        }
        assertEquals(List.of(), load.broken(), "requests that were not answered");
        var told = load.others().stream()
                .filter(answer ->
                        answer.status() != 503 || answer.header("Retry-After").isEmpty())
                .toList();
        assertEquals(List.of(), told, "answers that do not say to come back");
        System.out.printf(
                "GracefulStopIT: %d accepted, %d told to come back, %d refused%n",
                load.accepted().size(), load.others().size(), load.broken().size());
        leaving.start();
        load.accepted().forEach(one -> front.rest().succeeded(one.operation()));
        judge();
    }

    private void judge() {
        new Oracle(front).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }
}
