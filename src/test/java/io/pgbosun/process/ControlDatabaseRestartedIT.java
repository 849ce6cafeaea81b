package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.adapter.PostgresBin;
import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/** R4: the control database is stopped and started again under load, in each of the ways in which that happens. */
@Isolated("its rates are measured")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlDatabaseRestartedIT {
    private static final List<String> WAYS = List.of("fast", "immediate", "kill -9");
    private static final int CALLERS = 4;
    /** What is asked for is less than can be done, so that the rate is full when nobody is kept waiting. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private static final int SECONDS_BEFORE = 3;
    private static final Duration FULL_RATE = Duration.ofSeconds(5);
    /** Of the rate before: seconds differ. */
    private static final double FULL = 0.8;

    private final Scoreboard board =
            Scoreboard.of("R4", "control database restarted fast, immediate, kill -9 under load");
    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private Service service;
    private Path store;
    private int toldToComeBack;

    @BeforeAll
    void start() {
        service = Service.first(folder, "api,worker");
        service.rest().provision("loaded", 1);
        store = service.store().directory();
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, service);
    }

    @Test
    void nothing_accepted_is_lost_callers_are_told_to_come_back_and_the_rate_is_full_again_at_once() {
        for (int run = 0; run < Scoreboard.size(WAYS.size(), 20); run++) {
            var way = WAYS.get(run % WAYS.size());
            board.run(() -> restart(way));
        }
        assertTrue(toldToComeBack > 0, "no caller met a control database that was down");
    }

    private void restart(String way) throws IOException, InterruptedException {
        var load = new Load(
                CALLERS, PAUSE, "/v1/clusters/loaded/maintenance/no-op", "{'steps':1}", toldToLeave -> service.rest());
        long before;
        try (load) {
            TimeUnit.SECONDS.sleep(SECONDS_BEFORE + 1);
            before = rate(
                    load, System.nanoTime() - Duration.ofSeconds(SECONDS_BEFORE).toNanos());
            stop(way);
            programs.start(store);
            awaitFullRate(load, System.nanoTime(), before, way);
        }
        assertTrue(load.broken().isEmpty(), () -> "broken: " + load.broken());
        var other = load.others();
        assertTrue(other.stream().allMatch(answer -> answer.status() == 503), other::toString);
        toldToComeBack += other.size(); // a fast restart may fall between two requests
        other.forEach(answer ->
                assertTrue(Integer.parseInt(answer.header("Retry-After").orElse("0")) > 0, answer::toString));
        assertAllEnd(load);
        new Oracle(service).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private static long rate(Load load, long fromNanos) {
        var sum = 0L;
        for (int second = 0; second < SECONDS_BEFORE; second++) {
            sum += load.perSecond(fromNanos + Duration.ofSeconds(second).toNanos());
        }
        return sum / SECONDS_BEFORE;
    }

    /** The first second that is as busy as those before it must begin within five. */
    private void awaitFullRate(Load load, long back, long before, String way) {
        var step = Duration.ofMillis(100).toNanos();
        var from = back;
        while (true) {
            var second = from;
            Eventually.until(
                    "a second is over", Duration.ofSeconds(5), () -> System.nanoTime() > second + 1_000_000_000L);
            var rate = load.perSecond(from);
            if (rate >= FULL * before) {
                var after = Duration.ofNanos(from - back);
                board.recovered(after);
                System.out.printf(
                        "ControlDatabaseRestartedIT: %s, %d/s before, %d/s from %d ms after%n",
                        way, before, rate, after.toMillis());
                return;
            }
            from += step;
            assertTrue(
                    from - back < FULL_RATE.toNanos(),
                    "%s: %d/s before, %d/s five seconds after".formatted(way, before, rate));
        }
    }

    private void assertAllEnd(Load load) {
        var operations = load.accepted().stream().map(Load.Accepted::operation).toList();
        Eventually.until(
                () -> "all end: "
                        + service.store()
                                .values("select id::text || state from operation where ended_at is null limit 9"),
                Duration.ofSeconds(90),
                Duration.ofMillis(100),
                () -> service.store().number("select count(*) from operation where ended_at is null") == 0);
        var succeeded =
                new TreeSet<>(service.store().values("select id::text from operation where state = 'SUCCEEDED'"));
        assertEquals(
                List.of(),
                operations.stream().filter(id -> !succeeded.contains(id)).toList());
    }

    private void stop(String way) throws IOException, InterruptedException {
        if (way.equals("kill -9")) {
            killServer();
            return;
        }
        var program = PostgresBin.find(System.getenv()).directory().resolve("pg_ctl");
        var stopped = new ProcessBuilder(program.toString(), "-D", store.toString(), "-m", way, "-w", "-s", "stop")
                .inheritIO()
                .start()
                .waitFor();
        assertEquals(0, stopped);
    }

    private void killServer() throws IOException {
        var pid = Long.parseLong(
                Files.readAllLines(store.resolve("postmaster.pid")).getFirst().strip());
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
