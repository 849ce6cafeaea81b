package io.pgbosun.backup.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.backup.wal.WalExpiry.KeptBy;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.WalArchive.WalFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One segment a day, on day N segment N: {@code a}ge, {@code w}indow, {@code b}ackup and {@code n}ewest keep it, {@code -} goes. */
class WalExpiryTest {
    private static final long MB16 = 16 << 20;
    private static final Instant DAY0 = Instant.parse("2026-01-01T00:00:00Z");

    private static Instant day(int day) {
        return DAY0.plus(Duration.ofDays(day));
    }

    private static WalFile file(int timeline, int number, String suffix) {
        return new WalFile(new WalSegment(timeline, number).name(MB16) + suffix, MB16, MB16, day(number));
    }

    private static List<WalFile> segments(int timeline, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> file(timeline, number, ""))
                .toList();
    }

    /** Taken on its day: it needs the segment of that day and the next one. */
    private static BasePoint base(int timeline, int day) {
        return new BasePoint(
                new UUID(0, day), timeline, new Lsn(day * MB16 + 40), new Lsn((day + 1) * MB16 + 40), day(day));
    }

    private static String judged(
            List<WalFile> files, List<BasePoint> bases, int before, Map<Integer, String> histories) {
        return WalExpiry.judge(files, bases, day(before), Timelines.of(histories), MB16).stream()
                .map(one -> one.keptBy().isEmpty()
                        ? "-"
                        : one.keptBy().stream()
                                .map(by -> by.name().substring(0, 1).toLowerCase())
                                .collect(Collectors.joining()))
                .collect(Collectors.joining(" "));
    }

    private static String judged(List<WalFile> files, List<BasePoint> bases, int before) {
        return judged(files, bases, before, Map.of());
    }

    @Test
    void without_a_backup_age_alone_counts_and_the_newest_stays() {
        assertEquals("- - - a a an", judged(segments(1, 0, 5), List.of(), 3));
        assertEquals("- - - - - n", judged(segments(1, 0, 5), List.of(), 9));
    }

    @Test
    void what_is_young_stays_although_no_backup_reaches_it() {
        assertEquals("a a awb awb aw awn", judged(segments(1, 0, 5), List.of(base(1, 2)), 0));
    }

    @Test
    void the_newest_backup_before_the_window_reaches_into_it() {
        assertEquals("- - wb wb w aw aw awn", judged(segments(1, 0, 7), List.of(base(1, 2)), 5));
        assertEquals("- - - - wb awb aw awn", judged(segments(1, 0, 7), List.of(base(1, 4)), 5));
    }

    @Test
    void an_older_backup_keeps_what_it_needs_to_be_consistent_and_no_more() {
        assertEquals("- b b - - wb wb w aw awn", judged(segments(1, 0, 9), List.of(base(1, 1), base(1, 5)), 8));
    }

    @Test
    void backups_within_the_window_alone_keep_all_from_the_oldest_on() {
        assertEquals("- - a a awb awb awb awbn", judged(segments(1, 0, 7), List.of(base(1, 4), base(1, 6)), 2));
    }

    @Test
    void an_idle_cluster_keeps_the_way_to_today() {
        assertEquals("- wb wb w wn", judged(segments(1, 0, 4), List.of(base(1, 1)), 9));
    }

    @Test
    void the_way_leads_over_a_switch_of_the_timeline_and_what_was_left_behind_goes() {
        var files = new ArrayList<>(segments(1, 0, 6));
        files.addAll(segments(2, 4, 8));
        // timeline 2 began in segment 4; after it, 5 and 6 of timeline 1 are of nobody's way
        assertEquals(
                "- wb wb w - w - w n w aw awn",
                judged(files, List.of(base(1, 1)), 7, Map.of(2, "1\t0/4000100\tno recovery target specified\n")));
    }

    @Test
    void a_backup_of_a_timeline_that_was_left_is_no_beginning_for_the_other_one() {
        var files = new ArrayList<>(segments(1, 0, 6));
        files.addAll(segments(2, 4, 8));
        var bases = List.of(base(1, 1), base(1, 5)); // the second one ended after the switch
        assertEquals(
                "- wb wb w - w b w bn w aw awn",
                judged(files, bases, 7, Map.of(2, "1\t0/4000100\tno recovery target specified\n")));
    }

    @Test
    void files_of_a_segment_share_its_fate_and_history_files_are_not_judged() {
        var files = List.of(
                file(1, 1, ""),
                file(1, 1, ".00000028.backup"),
                file(1, 2, ".partial"),
                file(1, 3, ""),
                new WalFile("00000002.history", 40, 40, day(0)));
        assertEquals("- - - n", judged(files, List.of(), 9));
    }

    @Test
    void fates_are_told_a_stretch_a_line() {
        var judged = WalExpiry.judge(segments(1, 0, 7), List.of(base(1, 4)), day(5), Timelines.of(Map.of()), MB16);
        var fates = WalExpiry.fates(judged, MB16);
        assertEquals(
                List.of(
                        "000000010000000000000000-000000010000000000000003 4 true []",
                        "000000010000000000000004-000000010000000000000004 1 false [WINDOW, BACKUP]",
                        "000000010000000000000005-000000010000000000000005 1 false [AGE, WINDOW, BACKUP]",
                        "000000010000000000000006-000000010000000000000006 1 false [AGE, WINDOW]",
                        "000000010000000000000007-000000010000000000000007 1 false [AGE, WINDOW, NEWEST]"),
                fates.stream()
                        .map(fate -> "%s-%s %d %b %s"
                                .formatted(fate.first(), fate.last(), fate.fileCount(), fate.goes(), fate.keptBy()))
                        .toList());
        assertEquals(4 * MB16, fates.getFirst().sizeBytes());
        assertEquals(List.of(KeptBy.WINDOW, KeptBy.BACKUP), fates.get(1).keptBy());
    }
}
