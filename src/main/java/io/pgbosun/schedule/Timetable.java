package io.pgbosun.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.pgbosun.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import java.util.UUID;

/**
 * When a schedule fires: cron of five fields in a time zone, with jitter. Every service says the same.
 *
 * <p>Where the clocks are put forward, a time of day that is left out comes when they are; where they are put back, a time
 * of day that comes twice is taken once. What comes every hour or more often comes as often as time passes.
 */
final class Timetable {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    private static final int HOUR = 1;

    private final UUID schedule;
    private final ExecutionTime times;
    private final ZoneId zone;
    private final int jitterSeconds;
    private final boolean ofDay;

    private Timetable(UUID schedule, String cron, ExecutionTime times, ZoneId zone, int jitterSeconds) {
        this.schedule = schedule;
        this.times = times;
        this.zone = zone;
        this.jitterSeconds = jitterSeconds;
        this.ofDay = !cron.strip().split("\\s+")[HOUR].startsWith("*");
    }

    /**
     * Reads it; a problem {@code invalid} when the cron or the zone makes no sense.
     *
     * @param schedule from whose id the jitter follows
     */
    static Timetable of(UUID schedule, String cron, String zone, int jitterSeconds) {
        return new Timetable(schedule, cron, times(cron), zone(zone), jitterSeconds);
    }

    private static ExecutionTime times(String cron) {
        try {
            return ExecutionTime.forCron(PARSER.parse(cron));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "cron",
                    "cannot be read: " + e.getMessage(),
                    "Write five fields such as '30 2 * * *': minute, hour, day of the month, month, day of the week.");
        }
    }

    private static ZoneId zone(String name) {
        try {
            if (ZoneId.getAvailableZoneIds().contains(name)) {
                return ZoneId.of(name);
            }
        } catch (DateTimeException e) {
            // said below: a zone without rules is as good as none
        }
        throw Problem.invalid("zone", "must be a time zone of IANA's", "Write one such as Europe/Berlin or UTC.");
    }

    /** The first time after the given one; empty when there is none. */
    Optional<Instant> after(Instant time) {
        var next = times.nextExecution(time.atZone(zone)).map(found -> found.toInstant());
        if (!ofDay || next.isEmpty()) {
            return next;
        }
        var rules = zone.getRules();
        for (var change = rules.nextTransition(time);
                change != null && change.getInstant().isBefore(next.get());
                change = rules.nextTransition(change.getInstant())) {
            if (leavesOut(change)) {
                return Optional.of(change.getInstant());
            }
        }
        return next;
    }

    /** Whether the clocks are put forward over a time of this table. */
    private boolean leavesOut(ZoneOffsetTransition change) {
        return change.isGap()
                && times.nextExecution(
                                change.getDateTimeBefore().minusSeconds(1).atZone(ZoneOffset.UTC))
                        .filter(found -> found.toLocalDateTime().isBefore(change.getDateTimeAfter()))
                        .isPresent();
    }

    /** When a firing is due: its time with its jitter, which is the same wherever it is asked for. */
    Instant due(Instant fireTime) {
        if (jitterSeconds == 0) {
            return fireTime;
        }
        var dice = UUID.nameUUIDFromBytes((schedule + " " + fireTime).getBytes(StandardCharsets.UTF_8));
        return fireTime.plusSeconds(Math.floorMod(dice.getLeastSignificantBits(), jitterSeconds + 1));
    }

    /**
     * The first time after the given one that is due no earlier than {@code earliest}; those before are left out.
     */
    Optional<Instant> after(Instant time, Instant earliest) {
        var before = earliest.minusSeconds(jitterSeconds + 1L);
        var next = after(time.isAfter(before) ? time : before);
        while (next.isPresent() && due(next.get()).isBefore(earliest)) {
            next = after(next.get());
        }
        return next;
    }
}
