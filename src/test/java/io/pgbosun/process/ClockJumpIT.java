package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.ClockAgent;
import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R10: the clock of one of two services jumps by an hour; leases, start times and waits do not notice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClockJumpIT {
    private static final List<Integer> HOURS = List.of(1, -1);
    private static final String NO_OP = "/v1/clusters/timed/maintenance/no-op";
    private static final String NOW =
            "select to_char(now() at time zone 'UTC' + make_interval(secs => ?::integer), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";

    private final Scoreboard board = Scoreboard.of("R10", "the clock of one of two services jumps by an hour");
    private final Path folder = Service.newFolder();
    private final Path seconds = folder.resolve("seconds");
    private Service right;
    private Service wrong;

    @BeforeAll
    void start() throws IOException {
        jump(0);
        right = Service.first(folder, "api,worker");
        right.rest().provision("timed", 1);
        var option = ClockAgent.option(folder.resolve("clock-agent.jar"), seconds);
        wrong = right.beside("wrong", "api,worker", right.store().port(), Map.of("JAVA_TOOL_OPTIONS", option));
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, wrong, right);
    }

    private void jump(int hours) throws IOException {
        var aside = Files.writeString(folder.resolve("seconds.new"), String.valueOf(hours * 3600));
        Files.move(aside, seconds, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void jumpAndSee(int hours) throws IOException {
        jump(hours);
        Eventually.until("the clock is wrong by " + hours + " h", Duration.ofSeconds(10), () -> {
            var plan = wrong.rest()
                    .post("/v1/clusters/timed/maintenance/vacuum?preview=true", "{}")
                    .json();
            var shift = Duration.between(Instant.now(), Instant.parse(plan.getString("checks[0].measuredAt")));
            return Math.abs(shift.toMinutes() - hours * 60L) < 2;
        });
    }

    @Test
    void a_start_time_is_the_control_databases_whatever_the_services_clock_says() {
        for (int run = 0; run < Scoreboard.size(2, 20); run++) {
            var hours = HOURS.get(run % HOURS.size());
            board.run(() -> {
                jumpAndSee(hours);
                var start = right.store().value(NOW, 4);
                var answer = wrong.rest()
                        .post(NO_OP + "?startTime=" + URLEncoder.encode(start, StandardCharsets.UTF_8), "{}");
                var operation = answer.started();
                assertEquals("SCHEDULED", answer.json().getString("state"), answer.toString());
                right.rest().succeeded(operation);
                assertEquals("t", right.store().value("""
                        select started_at >= ?::timestamptz and started_at < ?::timestamptz + interval '8 seconds'
                        from operation where id = ?::uuid""", start, start, operation));
                var past = wrong.rest()
                        .post(
                                NO_OP + "?startTime="
                                        + URLEncoder.encode(right.store().value(NOW, -1), StandardCharsets.UTF_8),
                                "{}");
                assertEquals("QUEUED", past.json().getString("state"), past.toString());
                right.rest().succeeded(past.started());
                judge();
            });
        }
    }

    @Test
    void leases_and_waits_do_not_notice_that_the_clock_jumps() {
        for (int run = 0; run < Scoreboard.size(1, 10); run++) {
            board.run(this::jumpWithinRuns);
        }
    }

    /** Longer than a lease. */
    private void jumpWithinRuns() throws IOException, InterruptedException {
        jump(0);
        var operations = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            operations.add((i % 2 == 0 ? right : wrong)
                    .rest()
                    .post(NO_OP, "{'steps':12,'stepMillis':1000}")
                    .started());
        }
        for (var hours : List.of(1, -1, 0, 1)) {
            TimeUnit.SECONDS.sleep(2);
            jump(hours);
            var began = System.nanoTime();
            wrong.rest().get("/v1/operations/" + operations.getFirst() + "?wait=1s");
            var waited = Duration.ofNanos(System.nanoTime() - began);
            assertTrue(waited.toMillis() >= 950 && waited.toSeconds() < 4, "a wait of a second took " + waited);
        }
        operations.forEach(right.rest()::succeeded);
        var ids = String.join(",", operations);
        assertEquals(
                List.of("1"),
                right.store()
                        .values(
                                "select distinct lease_epoch::text from operation where id = any(string_to_array(?, ',')::uuid[])",
                                ids),
                "no lease was lost");
        assertEquals(
                2,
                right.store()
                        .number(
                                "select count(distinct lease_owner) from operation where id = any(string_to_array(?, ',')::uuid[])",
                                ids),
                "both services ran some");
        assertEquals(
                "t",
                right.store()
                        .value(
                                "select bool_and(ended_at - started_at between interval '11.9 seconds' and interval '30 seconds') from operation where id = any(string_to_array(?, ',')::uuid[])",
                                ids));
        judge();
    }

    private void judge() {
        new Oracle(right).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }
}
