package io.pgbosun.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.backup.KeptBackups.Considered;
import io.pgbosun.fire.Seed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a rule keeps, over made-up backups. */
class KeptBackupsTest {
    private static final Instant START = Instant.parse("2023-01-01T02:30:00Z");
    private static final int THREE_YEARS = 3 * 365 + 1;
    private static final int TRIES = 300;
    private static final RetentionRule USUAL = rule(3, 0, 7, 4, 12, 3, 0, "Europe/Berlin");

    private final Random random = Seed.of(KeptBackupsTest.class).random("backups");

    private static RetentionRule rule(
            int last, int hourly, int daily, int weekly, int monthly, int yearly, int minimumAge, String zone) {
        return new RetentionRule(last, hourly, daily, weekly, monthly, yearly, minimumAge, null, zone);
    }

    private static Considered backup(Instant time, boolean asserted) {
        return new Considered(UUID.randomUUID(), time, "all", asserted, false, Set.of());
    }

    private static Set<UUID> kept(Map<UUID, EnumSet<KeptBy>> judged) {
        return judged.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static Set<UUID> ids(Collection<Considered> backups) {
        return backups.stream().map(Considered::id).collect(Collectors.toSet());
    }

    @Test
    void three_years_of_nights_keep_the_last_days_weeks_months_and_years() {
        var all = new ArrayList<Considered>();
        var there = new ArrayList<Considered>();
        for (int night = 0; night < THREE_YEARS; night++) {
            var backup = backup(START.plus(Duration.ofDays(night)), random.nextInt(20) == 0);
            all.add(backup);
            there.add(backup);
            var newestAsserted = all.stream().filter(Considered::asserted).max(Comparator.comparing(Considered::time));
            var keeps = kept(KeptBackups.judge(there, USUAL, backup.time()));
            there.removeIf(one -> !keeps.contains(one.id()));
            newestAsserted.ifPresent(one -> assertTrue(there.contains(one), "the newest proven one is gone"));
        }
        var last = all.getLast().time();
        assertEquals(
                kept(KeptBackups.judge(all, USUAL, last)),
                ids(there),
                "removing night by night leaves what one look at all of them keeps");
        var days = there.stream().map(KeptBackupsTest::day).collect(Collectors.toCollection(TreeSet::new));
        for (int back = 0; back < 7; back++) {
            assertTrue(days.contains(day(all.getLast()).minusDays(back)), back + " days back: " + days);
        }
        var months = days.stream().map(YearMonth::from).collect(Collectors.toSet());
        for (int back = 0; back < 12; back++) {
            assertTrue(months.contains(YearMonth.from(days.last()).minusMonths(back)), back + " months back: " + days);
        }
        assertTrue(days.contains(LocalDate.of(2024, 12, 31)), "the last of each year: " + days);
        assertTrue(days.contains(LocalDate.of(2023, 12, 31)), "the last of each year: " + days);
        assertTrue(days.contains(LocalDate.of(2025, 11, 30)), "the last of each month: " + days);
        assertTrue(there.size() <= 7 + 4 + 12 + 3 + 1, there.size() + " are kept: " + days);
    }

    private static LocalDate day(Considered backup) {
        return backup.time().atZone(ZoneId.of("Europe/Berlin")).toLocalDate();
    }

    private List<Considered> someBackups() {
        var backups = new ArrayList<Considered>();
        var time = START;
        var count = 1 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            time = time.plusSeconds(random.nextInt(10 * 86_400));
            var needs = backups.isEmpty() || random.nextInt(3) > 0
                    ? Set.<UUID>of()
                    : Set.of(backups.get(random.nextInt(backups.size())).id());
            backups.add(new Considered(
                    UUID.randomUUID(),
                    time,
                    "series " + random.nextInt(2),
                    random.nextInt(8) == 0,
                    random.nextInt(15) == 0,
                    needs));
        }
        return backups;
    }

    private RetentionRule someRule() {
        return rule(
                1 + random.nextInt(3),
                random.nextInt(4),
                random.nextInt(8),
                random.nextInt(5),
                random.nextInt(13),
                random.nextInt(4),
                random.nextInt(40),
                random.nextBoolean() ? "UTC" : "Pacific/Auckland");
    }

    @Test
    void whatever_the_rule_the_newest_proven_one_what_is_held_and_what_these_need_stay() {
        for (int i = 0; i < TRIES; i++) {
            var backups = someBackups();
            var now = backups.getLast().time();
            var keeps = kept(KeptBackups.judge(backups, someRule(), now));
            backups.stream()
                    .filter(Considered::asserted)
                    .max(Comparator.comparing(Considered::time))
                    .ifPresent(newest -> assertTrue(keeps.contains(newest.id())));
            for (var backup : backups) {
                assertTrue(!backup.held() || keeps.contains(backup.id()), "a held one goes");
                if (keeps.contains(backup.id())) {
                    assertTrue(keeps.containsAll(backup.needs()), "one that is needed goes");
                }
            }
        }
    }

    @Test
    void a_rule_that_keeps_more_keeps_all_that_one_that_keeps_less_does() {
        for (int i = 0; i < TRIES; i++) {
            var backups = someBackups();
            var now = backups.getLast().time().plusSeconds(random.nextInt(86_400 * 30));
            var less = someRule();
            var more = rule(
                    less.keepLast() + random.nextInt(3),
                    less.hourly() + random.nextInt(3),
                    less.daily() + random.nextInt(3),
                    less.weekly() + random.nextInt(3),
                    less.monthly() + random.nextInt(3),
                    less.yearly() + random.nextInt(3),
                    less.minimumAgeDays() + random.nextInt(30),
                    less.zone());
            var keptByMore = kept(KeptBackups.judge(backups, more, now));
            assertTrue(keptByMore.containsAll(kept(KeptBackups.judge(backups, less, now))), less + " and " + more);
        }
    }

    @Test
    void what_is_kept_is_kept_again_and_stays_when_no_more_backups_are_taken() {
        for (int i = 0; i < TRIES; i++) {
            var backups = someBackups();
            var rule = someRule();
            var now = backups.getLast().time();
            var keeps = kept(KeptBackups.judge(backups, rule, now));
            var left = backups.stream().filter(one -> keeps.contains(one.id())).toList();
            assertEquals(keeps, kept(KeptBackups.judge(left, rule, now)));
            var without = rule(
                    rule.keepLast(),
                    rule.hourly(),
                    rule.daily(),
                    rule.weekly(),
                    rule.monthly(),
                    rule.yearly(),
                    0,
                    rule.zone());
            var tomorrow = kept(KeptBackups.judge(left, without, now));
            assertEquals(tomorrow, kept(KeptBackups.judge(left, without, now.plus(Duration.ofDays(4_000)))));
        }
    }

    @Test
    void a_backup_of_one_database_does_not_stand_in_for_one_of_all() {
        var whole = new Considered(UUID.randomUUID(), START, "all", false, false, Set.of());
        var part = new Considered(UUID.randomUUID(), START.plusSeconds(60), "shop", false, false, Set.of());
        assertEquals(
                Set.of(whole.id(), part.id()),
                kept(KeptBackups.judge(List.of(whole, part), rule(1, 0, 0, 0, 0, 0, 0, "UTC"), part.time())));
    }

    @Test
    void days_begin_in_the_zone_of_the_rule() {
        var evening = backup(Instant.parse("2026-01-10T22:30:00Z"), false);
        var night = backup(Instant.parse("2026-01-10T23:30:00Z"), false);
        var two = List.of(evening, night);
        assertEquals(
                Set.of(night.id()),
                kept(KeptBackups.judge(two, rule(0, 0, 2, 0, 0, 0, 0, "UTC"), night.time())),
                "one day");
        assertEquals(
                ids(two),
                kept(KeptBackups.judge(two, rule(0, 0, 2, 0, 0, 0, 0, "Europe/Berlin"), night.time())),
                "two days");
    }

    @Test
    void an_hour_that_comes_twice_is_two_hours() {
        var before = backup(Instant.parse("2026-10-25T00:30:00Z"), false);
        var after = backup(Instant.parse("2026-10-25T01:30:00Z"), false);
        var two = List.of(before, after);
        assertEquals(
                before.time().atZone(ZoneId.of("Europe/Berlin")).toLocalTime(),
                after.time().atZone(ZoneId.of("Europe/Berlin")).toLocalTime());
        assertEquals(ids(two), kept(KeptBackups.judge(two, rule(0, 2, 0, 0, 0, 0, 0, "Europe/Berlin"), after.time())));
    }

    @Test
    void it_says_all_that_keeps_a_backup() {
        var base = new Considered(UUID.randomUUID(), START, "all", true, false, Set.of());
        var held = new Considered(UUID.randomUUID(), START.plusSeconds(86_400), "all", false, true, Set.of());
        var increment = new Considered(
                UUID.randomUUID(), START.plusSeconds(2 * 86_400), "all", false, false, Set.of(base.id()));
        var lone = new Considered(UUID.randomUUID(), START.plusSeconds(1), "all", false, false, Set.of());
        var judged = KeptBackups.judge(
                List.of(base, held, increment, lone),
                rule(1, 0, 0, 0, 0, 1, 0, "UTC"),
                START.atOffset(ZoneOffset.UTC).plusDays(30).toInstant());
        assertEquals(
                List.of(increment.id(), held.id(), lone.id(), base.id()), List.copyOf(judged.keySet()), "newest first");
        assertEquals(EnumSet.of(KeptBy.KEEP_LAST, KeptBy.YEARLY), judged.get(increment.id()));
        assertEquals(EnumSet.of(KeptBy.HELD), judged.get(held.id()));
        assertEquals(EnumSet.of(KeptBy.NEWEST_ASSERTED, KeptBy.NEEDED), judged.get(base.id()));
        assertEquals(EnumSet.noneOf(KeptBy.class), judged.get(lone.id()));
    }

    @Test
    void nothing_that_is_younger_than_the_minimum_age_goes() {
        var young = backup(START, false);
        var younger = backup(START.plusSeconds(60), false);
        var rule = rule(1, 0, 0, 0, 0, 0, 2, "UTC");
        var two = List.of(young, younger);
        assertTrue(kept(KeptBackups.judge(two, rule, START.plus(Duration.ofHours(47))))
                .contains(young.id()));
        assertFalse(kept(KeptBackups.judge(two, rule, START.plus(Duration.ofHours(49))))
                .contains(young.id()));
    }
}
