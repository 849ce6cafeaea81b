package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestInstance;

/** A service is asked to end while it works: another goes on at once, not after a lease. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GracefulStopIT {
    /** Promised are about 2 s; a lease would take 10. */
    private static final Duration HANDED_OVER = Duration.ofSeconds(6);

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
        Service.clear(folder, two, three, front);
    }

    @RepeatedTest(3)
    void another_service_takes_over_within_about_two_seconds() {
        var operation = front.rest()
                .post("/v1/clusters/handed/backups", "{'databases':['shop']}")
                .started();
        var leaving = theOneThatDumps();
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
        System.out.printf("GracefulStopIT: taken over after %.2f s%n", (System.nanoTime() - began) / 1e9);
        leaving.awaitEnd();
        System.out.printf("GracefulStopIT: ended after %.2f s%n", (System.nanoTime() - began) / 1e9);
        assertEquals(operation, front.rest().succeeded(operation).getString("result.backup"));
        assertEquals(2, front.store().number(ControlDatabase.EPOCH, operation));
        assertTrue(front.store().values("""
                select name from operation_step where operation = ?::uuid and state not in ('DONE', 'FOUND')""", operation).isEmpty());
        new Leftovers(front).refuse();
        leaving.start();
        new Oracle(leaving).refuseFindings();
    }

    private Service theOneThatDumps() {
        var working = new AtomicReference<Service>();
        Eventually.closely("a dump runs", Duration.ofSeconds(60), () -> {
            Stream.of(two, three).filter(service -> service.runs("pg_dump")).forEach(working::set);
            return working.get() != null;
        });
        return working.get();
    }
}
