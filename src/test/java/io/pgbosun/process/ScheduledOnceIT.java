package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R2 for schedules: two services see 200 of them come due in the same minute. Each fires exactly once, also when one
 * service is killed after it has started operations and before it has said so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScheduledOnceIT {
    private static final int SCHEDULES = 200;
    private static final Duration ALL = Duration.ofSeconds(120);
    /** So long a service is at work on what it has taken: it can be killed there. */
    private static final String SLOW = """
            create function stand_still() returns trigger language plpgsql as
              $$ begin perform pg_sleep(0.05); return new; end $$;
            create trigger slow before update of last_fire_time on schedule for each row execute function stand_still();
            """;

    private static final String STARTED = "select count(*) from operation where idempotency_key like 'schedule/%'";
    private static final String NOT_SAID = """
            select count(*) from schedule s where last_fire_time is null
              and exists (select from operation o where o.idempotency_key like 'schedule/' || s.id || '/%')
            """;
    private static final String WRONG = """
            select s.name || ' has ' || count(o.id) || ' operations of ' || s.last_fire_time
            from schedule s left join operation o
              on o.idempotency_key = concat_ws('/', 'schedule', s.id, to_char(s.last_fire_time at time zone 'UTC',
                'YYYY-MM-DD"T"HH24:MI:SS"Z"'), s.target) and o.id = any(s.operations)
            group by s.name, s.last_fire_time, s.operations having count(o.id) <> 1 or cardinality(s.operations) <> 1
            """;

    private final Scoreboard board = Scoreboard.of("R2", "200 schedules of one minute, 2 processes, kill -9 of one");
    private final Path folder = Service.newFolder();
    private Service one;
    private Service two;

    @BeforeAll
    void start() {
        one = Service.first(folder, "api,worker");
        two = one.beside("two", "api,worker");
        run("insert into cluster (name, driver, origin, username, ssl_mode)"
                + " select 'idle-' || n, 'NATIVE', 'REGISTERED', 'x', 'disable' from generate_series(0, 9) n");
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, one, two);
    }

    private void run(String sql) {
        try (var session = one.store().open()) {
            session.run(sql);
        }
    }

    @Test
    void two_hundred_schedules_of_one_minute_fire_once_each_though_a_service_is_killed() {
        board.count(2 * SCHEDULES);
        makeSchedules();
        run(SLOW);
        comeDue("2 seconds");
        try (var store = one.store().open()) {
            Eventually.closely(
                    "some are started and not all", ALL, () -> Integer.parseInt(store.value(STARTED)) >= SCHEDULES / 4);
            two.kill();
            var started = Integer.parseInt(store.value(STARTED));
            var notSaid = Integer.parseInt(store.value(NOT_SAID));
            System.out.printf("  killed when %d were started, of which %d were not written down%n", started, notSaid);
            assertTrue(started < SCHEDULES, "it was killed too late: all were started");
            assertTrue(notSaid > 0, "it was killed when nothing was half done");
        }
        awaitFired(1);
        board.passed(SCHEDULES);
        run("drop trigger slow on schedule");
        two.start();
        Eventually.until(
                "all operations end",
                ALL,
                () -> one.store().number("select count(*) from operation where ended_at is null") == 0);
        comeDue("6 seconds"); // both know of it by then
        awaitFired(2);
        assertTrue(
                one.store().number("select count(distinct lease_owner) from operation") >= 2,
                "more than one service ran what was started");
        new Oracle(one).refuseFindings();
        board.passed(SCHEDULES);
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private void makeSchedules() {
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < SCHEDULES; i++) {
                var body =
                        "{'name':'s-%d','kind':'no-op','spec':{'steps':1},'target':'clusters/idle-%d','cron':'0 0 1 1 *'}"
                                .formatted(i, i % 10);
                threads.execute(() -> {
                    var made = one.rest().post("/v1/schedules", body);
                    if (made.status() != 201) {
                        throw new AssertionError(made.toString());
                    }
                });
            }
        }
        assertEquals(SCHEDULES, one.store().number("select count(*) from schedule"));
    }

    private void comeDue(String in) {
        run(
                "update schedule set due = at, fire_time = at from (select date_trunc('second', now() + interval '%s') as at) t"
                        .formatted(in));
    }

    private void awaitFired(int times) {
        Eventually.until(
                () -> "all have fired; started are " + one.store().value(STARTED),
                ALL,
                Duration.ofMillis(100),
                () -> one.store().number("select count(*) from schedule where due < now() or last_fire_time is null")
                                == 0
                        && one.store().number(STARTED) >= times * SCHEDULES);
        assertEquals(times * SCHEDULES, one.store().number(STARTED));
        assertEquals(List.of(), one.store().values(WRONG));
        assertEquals(0, one.store().number("select count(*) from schedule where last_problem is not null"));
    }
}
