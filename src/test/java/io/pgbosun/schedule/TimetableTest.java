package io.pgbosun.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a schedule fires. */
class TimetableTest {
    private static final UUID ID = UUID.fromString("01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90");

    private static List<String> firings(String cron, String zone, String from, int count) {
        var table = Timetable.of(ID, cron, zone, 0);
        var firings = new ArrayList<String>();
        var time = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            time = table.after(time).orElseThrow();
            firings.add(time.toString());
        }
        return firings;
    }

    @Test
    void a_time_of_day_is_that_of_its_zone_in_summer_and_in_winter() {
        assertEquals(
                List.of("2026-06-30T00:30:00Z", "2026-07-01T00:30:00Z"),
                firings("30 2 * * *", "Europe/Berlin", "2026-06-29T12:00:00Z", 2));
        assertEquals(
                List.of("2026-12-01T01:30:00Z"), firings("30 2 * * *", "Europe/Berlin", "2026-11-30T12:00:00Z", 1));
    }

    @Test
    void a_time_of_day_that_is_left_out_comes_when_the_clocks_are_put_forward() {
        assertEquals(
                List.of("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
                firings("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3));
        assertEquals(
                List.of("2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
                firings("0 0 * * *", "America/Sao_Paulo", "2018-11-02T12:00:00Z", 3),
                "midnight too, which some zones leave out");
    }

    @Test
    void a_time_of_day_that_comes_twice_is_taken_once() {
        assertEquals(
                List.of("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
                firings("30 2 * * *", "Europe/Berlin", "2026-10-23T12:00:00Z", 3));
    }

    @Test
    void each_day_of_ten_years_has_its_nightly_firing_in_any_zone() {
        for (var zone :
                List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")) {
            var table = Timetable.of(ID, "15 2 * * *", zone, 0);
            var time = Instant.parse("2020-01-01T12:00:00Z");
            var day = time.atZone(ZoneId.of(zone)).toLocalDate();
            while (day.isBefore(LocalDate.of(2030, 1, 1))) {
                day = day.plusDays(1);
                time = table.after(time).orElseThrow();
                assertEquals(day, time.atZone(ZoneId.of(zone)).toLocalDate(), zone);
            }
        }
    }

    @Test
    void what_comes_every_half_hour_comes_as_often_as_time_passes() {
        assertEquals(
                List.of(
                        "2026-10-25T00:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T02:00:00Z"),
                firings("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 5));
        assertEquals(
                List.of("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"),
                firings("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3));
    }

    @Test
    void jitter_is_within_its_bounds_different_each_time_and_the_same_on_every_service() {
        var one = Timetable.of(ID, "0 * * * *", "UTC", 600);
        var other = Timetable.of(ID, "0 * * * *", "UTC", 600);
        var offsets = new HashSet<Long>();
        var time = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < 200; i++) {
            time = one.after(time).orElseThrow();
            var offset = one.due(time).getEpochSecond() - time.getEpochSecond();
            assertTrue(offset >= 0 && offset <= 600, offset + " s");
            assertEquals(one.due(time), other.due(time));
            offsets.add(offset);
        }
        assertTrue(offsets.size() > 100, offsets.size() + " different ones");
        var third = Timetable.of(UUID.randomUUID(), "0 * * * *", "UTC", 600);
        var same = 0;
        for (int i = 0; i < 50; i++) {
            time = one.after(time).orElseThrow();
            same += one.due(time).equals(third.due(time)) ? 1 : 0;
        }
        assertTrue(same < 10, "schedules of one time are spread");
    }

    @Test
    void what_was_due_before_the_earliest_time_is_left_out_and_nothing_else() {
        var table = Timetable.of(ID, "0 * * * *", "UTC", 600);
        var from = Instant.parse("2026-01-01T00:00:00Z");
        var earliest = Instant.parse("2026-01-05T10:05:00Z");
        var next = table.after(from, earliest).orElseThrow();
        assertTrue(!table.due(next).isBefore(earliest), next.toString());
        var before = next.minusSeconds(3600);
        assertTrue(table.due(before).isBefore(earliest), before.toString());
        assertEquals(table.after(from), table.after(from, from), "the very next one, when it is not too early");
    }

    @Test
    void a_time_that_never_comes_is_none() {
        assertEquals(Optional.empty(), Timetable.of(ID, "0 0 30 2 *", "UTC", 0).after(Instant.EPOCH));
    }

    @Test
    void what_makes_no_sense_is_told_by_field() {
        for (var cron : List.of(
                "", "* * * *", "* * * * * *", "61 * * * *", "a b c d e", "0 0 L * *", "@daily", "*/0 * * * *")) {
            assertEquals("cron", refused(cron, "UTC"), cron);
        }
        for (var zone : List.of("", "Europe/Nowhere", "CEST", "+01:00")) {
            assertEquals("zone", refused("* * * * *", zone), zone);
        }
    }

    private static String refused(String cron, String zone) {
        var problem = assertThrows(Problem.class, () -> Timetable.of(ID, cron, zone, 0));
        assertEquals(ProblemType.INVALID, problem.type());
        return problem.errors().getFirst().field();
    }
}
