package io.pgbosun.backup.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.backup.wal.Recoverability.LastCommit;
import io.pgbosun.fire.Seed;
import io.pgbosun.host.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecoverabilityTest {
    private static final long MB16 = 16L << 20;
    private static final Instant DAY = Instant.parse("2026-11-20T00:00:00Z");
    /** Every segment holds a commit, as many minutes after midnight as its number says. */
    private static final LastCommit EACH = (first, last) -> Optional.of(at(last.number()));

    private static Instant at(long minutes) {
        return DAY.plusSeconds(60 * minutes);
    }

    /** A backup that begins and ends within one segment, and in its minute. */
    private static BasePoint base(int timeline, long segment) {
        return new BasePoint(
                new UUID(timeline, segment),
                timeline,
                new Lsn(segment * MB16 + 40),
                new Lsn(segment * MB16 + 400),
                at(segment));
    }

    private static List<WalSegment> segments(int timeline, long first, long last, Long... missing) {
        return LongStream.rangeClosed(first, last)
                .filter(number -> !List.of(missing).contains(number))
                .mapToObj(number -> new WalSegment(timeline, number))
                .toList();
    }

    private static Recoverability of(List<BasePoint> bases, List<WalSegment> archived) {
        return of(bases, archived, Map.of());
    }

    private static Recoverability of(List<BasePoint> bases, List<WalSegment> archived, Map<Integer, String> histories) {
        return Recoverability.of(bases, archived, List.of(), MB16, Timelines.of(histories), EACH);
    }

    @Test
    void a_damaged_segment_is_a_hole_also_where_it_is_the_last_one() {
        var damaged = List.of(new WalSegment(1, 4));
        var found =
                Recoverability.of(List.of(base(1, 2)), segments(1, 0, 3), damaged, MB16, Timelines.of(Map.of()), EACH);
        assertEquals(
                List.of(List.of(damaged.getFirst().name(MB16))),
                found.holes().stream().map(Recoverability.Hole::missing).toList());
    }

    private static String show(Recoverability found) {
        var text = new StringBuilder();
        found.intervals()
                .forEach(interval -> text.append(
                        "%d-%d tl%d; ".formatted(minute(interval.from()), minute(interval.to()), interval.timeline())));
        found.holes().forEach(hole -> text.append(hole.missing()).append(' '));
        return text.toString().strip();
    }

    private static Long minute(Instant time) {
        return time == null ? null : (time.getEpochSecond() - DAY.getEpochSecond()) / 60;
    }

    @Test
    void names_of_segments_are_those_of_PostgreSQL() {
        assertEquals("000000010000000000000007", new WalSegment(1, 7).name(MB16));
        assertEquals("0000000A00000002000000FF", new WalSegment(10, 2 * 256 + 255).name(MB16));
        assertEquals("000000010000000200000001", new WalSegment(1, 2 * 4 + 1).name(1L << 30));
        for (var bytes : List.of(1L << 20, MB16, 64L << 20, 1L << 30)) {
            for (var number : List.of(0L, 1L, 255L, 256L, 4095L, 123_456L)) {
                var segment = new WalSegment(3, number);
                assertEquals(Optional.of(segment), WalSegment.parse(segment.name(bytes), bytes));
                assertEquals(number, WalSegment.numberOf(segment.start(bytes), bytes));
                assertEquals(
                        number, WalSegment.numberOf(new Lsn(segment.end(bytes).position() - 1), bytes));
            }
        }
        assertEquals(Optional.empty(), WalSegment.parse("000000010000000000000100", MB16));
        assertEquals(Optional.empty(), WalSegment.parse("00000002.history", MB16));
    }

    @Test
    void without_a_backup_nothing_can_be_reached() {
        var none = of(List.of(), segments(1, 0, 9));
        assertEquals("", show(none));
        assertFalse(none.at(at(5)).reachable());
        assertNull(none.at(at(5)).nearestBefore());
        assertNull(none.at(at(5)).nearestAfter());
    }

    @Test
    void a_window_reaches_from_the_end_of_its_backup_to_the_first_byte_that_is_not_archived() {
        var found = of(List.of(base(1, 2)), segments(1, 1, 9));
        assertEquals("2-9 tl1;", show(found));
        assertEquals("0/2000190", found.intervals().getFirst().fromLsn());
        assertEquals("0/A000000", found.intervals().getFirst().toLsn());
    }

    @Test
    void a_backup_whose_own_WAL_is_not_whole_opens_nothing() {
        var long_ = new BasePoint(UUID.randomUUID(), 1, new Lsn(2 * MB16 + 40), new Lsn(4 * MB16 + 1), at(4));
        assertEquals("", show(of(List.of(long_), segments(1, 0, 3))));
        assertEquals("", show(of(List.of(long_), segments(1, 0, 9, 3L))));
        assertEquals("4-4 tl1;", show(of(List.of(long_), segments(1, 2, 4))));
        var exact = new BasePoint(UUID.randomUUID(), 1, new Lsn(2 * MB16 + 40), new Lsn(4 * MB16), at(4));
        assertEquals("4-4 tl1;", show(of(List.of(exact), segments(1, 2, 3))), "its last byte is the last of segment 3");
    }

    @Test
    void a_moment_is_after_all_that_is_archived_though_a_backup_was_taken_since() {
        LastCommit quietSince5 = (first, last) -> Optional.of(at(Math.min(5, last.number())));
        var bases = List.of(base(1, 2), base(1, 8));
        var found = Recoverability.of(bases, segments(1, 1, 9), List.of(), MB16, Timelines.of(Map.of()), quietSince5);
        assertEquals("2-5 tl1;", show(found));
        assertFalse(found.at(at(6)).reachable(), "recovery to a time ends at a commit");
        assertTrue(found.isAfterAll(at(6)));
        assertFalse(found.isAfterAll(at(4)));
        var split = of(bases, segments(1, 1, 9, 7L));
        assertFalse(split.isAfterAll(at(7)), "what was written in the hole is lost");
        assertTrue(split.isAfterAll(at(10)));
        assertFalse(of(bases, segments(1, 1, 12, 10L)).isAfterAll(at(13)), "what is written next is of no use");
    }

    @Test
    void a_missing_segment_splits_the_window_there_and_is_named() {
        var found = of(List.of(base(1, 2), base(1, 9)), segments(1, 0, 12, 7L));
        assertEquals("2-6 tl1; 9-12 tl1; [000000010000000000000007]", show(found));
        assertEquals(at(6), found.holes().getFirst().from());
        assertEquals(at(9), found.holes().getFirst().to());
    }

    @Test
    void all_that_is_missing_up_to_the_next_backup_is_named_and_what_is_after_it_is_another_hole() {
        var found = of(List.of(base(1, 2), base(1, 8)), segments(1, 0, 12, 4L, 6L, 10L));
        assertEquals(
                "2-3 tl1; 8-9 tl1; [000000010000000000000004, 000000010000000000000006] [00000001000000000000000A]",
                show(found));
        assertNull(found.holes().getLast().to(), "no backup is after it");
    }

    @Test
    void what_is_not_archived_yet_is_no_hole() {
        assertEquals(List.of(), of(List.of(base(1, 2)), segments(1, 2, 5)).holes());
    }

    @Test
    void a_moment_is_recovered_from_the_newest_backup_before_it() {
        var found = of(List.of(base(1, 2), base(1, 5)), segments(1, 0, 9));
        assertEquals("2-9 tl1;", show(found), "one window, for nothing is missing");
        assertEquals(base(1, 2).backup(), found.at(at(4)).backup());
        assertEquals(base(1, 5).backup(), found.at(at(5)).backup());
        assertEquals(base(1, 5).backup(), found.at(at(9)).backup());
    }

    @Test
    void a_moment_that_cannot_be_reached_has_near_ones_that_can() {
        var found = of(List.of(base(1, 2), base(1, 9)), segments(1, 0, 12, 7L));
        var within = found.at(at(7));
        assertFalse(within.reachable());
        assertEquals(at(6), within.nearestBefore());
        assertEquals(at(9), within.nearestAfter());
        assertEquals(at(2), found.at(at(1)).nearestAfter());
        assertNull(found.at(at(1)).nearestBefore());
        assertEquals(at(12), found.at(at(13)).nearestBefore());
        assertNull(found.at(at(13)).nearestAfter());
        assertTrue(found.at(at(6)).reachable());
    }

    @Test
    void a_window_goes_on_over_a_switch_of_the_timeline() {
        var history = "1\t0/5000060\tno recovery target specified\n";
        var archived = new ArrayList<>(segments(1, 0, 4));
        archived.addAll(segments(2, 5, 9));
        assertEquals("2-9 tl2;", show(of(List.of(base(1, 2)), archived, Map.of(2, history))));
        assertEquals("2-4 tl1;", show(of(List.of(base(1, 2)), archived)), "no history, no way");
    }

    @Test
    void what_the_old_primary_archived_after_the_switch_is_not_on_the_way() {
        var history = "1\t0/5000060\tno recovery target specified\n";
        var archived = new ArrayList<>(segments(1, 0, 7));
        archived.addAll(segments(2, 5, 6));
        var found = of(List.of(base(1, 2), base(1, 6)), archived, Map.of(2, history));
        assertEquals("2-6 tl2; 6-7 tl1;", show(found), "a backup of after the switch stays on its own timeline");
        archived.removeAll(segments(2, 5, 5));
        assertEquals(
                "2-4 tl2; 6-7 tl1; [000000020000000000000005]",
                show(of(List.of(base(1, 2), base(1, 6)), archived, Map.of(2, history))),
                "the segment of the switch is read from the new timeline");
    }

    @Test
    void several_switches_are_followed_also_two_in_one_segment() {
        var histories = Map.of(2, "1\t0/5000060\tx\n", 3, "1\t0/5000060\tx\n2\t0/5000100\ty\n", 4, """
                # a comment
                1	0/5000060	no recovery target specified

                2	0/5000100	no recovery target specified
                3	0/8000000	before 2000-01-01 00:00:00+00
                """);
        var archived = new ArrayList<>(segments(1, 0, 4));
        archived.addAll(segments(3, 5, 7));
        archived.addAll(segments(4, 8, 9));
        assertEquals("2-9 tl4;", show(of(List.of(base(1, 2), base(3, 6)), archived, histories)));
        archived.removeAll(segments(3, 6, 6));
        assertEquals(
                "2-5 tl4; [000000030000000000000006]",
                show(of(List.of(base(1, 2), base(3, 6)), archived, histories)),
                "the second backup's own WAL is missing");
    }

    @Test
    void a_window_without_a_commit_is_the_end_of_its_backup_alone() {
        var found = Recoverability.of(
                List.of(base(1, 2)),
                segments(1, 0, 9),
                List.of(),
                MB16,
                Timelines.of(Map.of()),
                (first, last) -> Optional.empty());
        assertEquals("2-2 tl1;", show(found));
    }

    /** Whatever is missing: a moment can be reached just when some backup has all WAL from its start to that moment. */
    @Test
    void any_archive_has_the_window_that_a_plain_search_finds() {
        var random = Seed.of(RecoverabilityTest.class).random("archives");
        for (var trial = 0; trial < 2_000; trial++) {
            var there = new TreeSet<Long>();
            var bases = new TreeSet<Long>();
            for (var number = 0L; number < 30; number++) {
                if (random.nextInt(10) > 0) {
                    there.add(number);
                }
                if (random.nextInt(8) == 0) {
                    bases.add(number);
                }
            }
            var found = of(
                    bases.stream().map(number -> base(1, number)).toList(),
                    there.stream().map(number -> new WalSegment(1, number)).toList());
            for (var minute = 0L; minute < 30; minute++) {
                var to = minute;
                var from = bases.headSet(to, true).descendingSet().stream()
                        .filter(base -> there.containsAll(
                                LongStream.rangeClosed(base, to).boxed().toList()))
                        .findFirst();
                var reach = found.at(at(to));
                assertEquals(from.isPresent(), reach.reachable(), there + " " + bases + " at " + to);
                assertEquals(
                        from.map(base -> base(1, base).backup()).orElse(null),
                        reach.backup(),
                        there + " " + bases + " at " + to);
            }
            var missing = found.holes().stream()
                    .flatMap(hole -> hole.missing().stream())
                    .map(name -> WalSegment.parse(name, MB16).orElseThrow().number())
                    .toList();
            assertTrue(missing.stream().noneMatch(there::contains), "what is there is not missing");
            assertEquals(missing.size(), new TreeSet<>(missing).size(), "nothing is missing twice");
        }
    }
}
