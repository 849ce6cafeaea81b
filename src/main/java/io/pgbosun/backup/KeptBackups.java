package io.pgbosun.backup;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a rule keeps of the backups of one cluster, and why. Looks at nothing but its arguments. */
final class KeptBackups {
    private static final Comparator<Considered> NEWEST_FIRST =
            Comparator.comparing(Considered::time).thenComparing(Considered::id).reversed();

    private final Map<UUID, EnumSet<KeptBy>> kept = new LinkedHashMap<>();

    private KeptBackups() {}

    /**
     * A backup, as far as the rule looks at it.
     *
     * @param time of what it holds
     * @param series what can stand in for each other: the rule counts each series by itself
     * @param asserted whether a drill has proven it
     * @param held whether a person wants it kept
     * @param needs the backups without which it cannot be restored
     */
    record Considered(UUID id, Instant time, String series, boolean asserted, boolean held, Set<UUID> needs) {}

    /**
     * Judges all backups of a cluster; those that nothing keeps may go.
     *
     * @return by backup, the newest first, what keeps it
     */
    static Map<UUID, EnumSet<KeptBy>> judge(Collection<Considered> backups, RetentionRule rule, Instant now) {
        var judged = new KeptBackups();
        var newestFirst = backups.stream().sorted(NEWEST_FIRST).toList();
        newestFirst.forEach(backup -> judged.kept.put(backup.id(), EnumSet.noneOf(KeptBy.class)));
        newestFirst.stream()
                .collect(Collectors.groupingBy(Considered::series))
                .values()
                .forEach(series -> judged.count(series, rule));
        judged.spare(newestFirst, now.minus(Duration.ofDays(rule.minimumAgeDays())));
        judged.keepNeeded(newestFirst);
        return judged.kept;
    }

    private void count(List<Considered> series, RetentionRule rule) {
        var zone = ZoneId.of(rule.zone());
        keep(series, rule.keepLast(), KeptBy.KEEP_LAST, Considered::id);
        keep(
                series,
                rule.hourly(),
                KeptBy.HOURLY,
                at(zone, time -> time.truncatedTo(ChronoUnit.HOURS).toInstant()));
        keep(series, rule.daily(), KeptBy.DAILY, at(zone, ZonedDateTime::toLocalDate));
        keep(
                series,
                rule.weekly(),
                KeptBy.WEEKLY,
                at(zone, time -> time.toLocalDate().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))));
        keep(series, rule.monthly(), KeptBy.MONTHLY, at(zone, YearMonth::from));
        keep(series, rule.yearly(), KeptBy.YEARLY, at(zone, ZonedDateTime::getYear));
    }

    private static Function<Considered, Object> at(ZoneId zone, Function<ZonedDateTime, Object> span) {
        return backup -> span.apply(backup.time().atZone(zone));
    }

    /** The newest backup of each of the latest spans of time that have one. */
    private void keep(List<Considered> newestFirst, int count, KeptBy by, Function<Considered, Object> span) {
        var seen = new HashSet<>();
        for (var backup : newestFirst) {
            if (seen.size() == count) {
                return;
            }
            if (seen.add(span.apply(backup))) {
                keep(backup.id(), by);
            }
        }
    }

    private void spare(List<Considered> newestFirst, Instant young) {
        for (var backup : newestFirst) {
            if (backup.time().isAfter(young)) {
                keep(backup.id(), KeptBy.MINIMUM_AGE);
            }
            if (backup.held()) {
                keep(backup.id(), KeptBy.HELD);
            }
        }
        newestFirst.stream()
                .filter(Considered::asserted)
                .findFirst()
                .ifPresent(backup -> keep(backup.id(), KeptBy.NEWEST_ASSERTED));
    }

    /** What is needed by what is kept, and what that needs. */
    private void keepNeeded(List<Considered> backups) {
        var needs = new HashMap<UUID, Set<UUID>>();
        backups.forEach(backup -> needs.put(backup.id(), backup.needs()));
        var looked = new HashSet<UUID>();
        var look = new ArrayDeque<UUID>();
        kept.forEach((id, by) -> {
            if (!by.isEmpty()) {
                look.add(id);
            }
        });
        while (!look.isEmpty()) {
            var id = look.remove();
            if (looked.add(id)) {
                for (var needed : needs.getOrDefault(id, Set.of())) {
                    keep(needed, KeptBy.NEEDED);
                    look.add(needed);
                }
            }
        }
    }

    private void keep(UUID backup, KeptBy by) {
        kept.computeIfPresent(backup, (id, all) -> {
            all.add(by);
            return all;
        });
    }
}
