package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.process.BackupTrials.Planned;
import io.pgbosun.process.BackupTrials.Way;
import io.pgbosun.process.Kill.Moment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * R1 for backups, in each way of storing them: kill -9 of the service within backup, drill, restore, recover, expire and
 * delete-backup leaves no object, slot, scratch instance, backup mode or half backup, and no WAL that nobody needs. By default at one
 * moment of each kind, by chance, and within uploads, backups of pgBackRest and the removal of WAL; with
 * {@code -Dpgbosun.kinds=backup,drill}, or when long, at every event of these kinds, before it is committed, after, and at some
 * moment that follows. With {@code -Dpgbosun.each=step} at every event too, but once, before or after, and at a moment that
 * follows one of four; and what both engines do is done by one of them in each repository but that on the file system.
 * {@code -Dpgbosun.ways=s3,azure} picks the ways whose name holds one of these, {@code -Dpgbosun.lanes=2} says how many
 * services are killed at the same time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledBackupIT {
    private static final List<Way> WAYS = ways();
    private static final String KINDS = System.getProperty("pgbosun.kinds", "");
    private static final boolean EACH_STEP = "step".equals(System.getProperty("pgbosun.each"));
    private static final boolean EVERY_EVENT = Scoreboard.LONG || EACH_STEP || !KINDS.isBlank();
    private static final int LANES = Integer.getInteger("pgbosun.lanes", 2);
    private static final int MOST_EVENTS = 60;

    private final Scoreboard board = Scoreboard.of("R1", note());
    private final Seed seed = Seed.of(KilledBackupIT.class);
    private final Lanes lanes = new Lanes(LANES, board, !EVERY_EVENT);

    /** The newest ones first. */
    private static List<Way> ways() {
        var named =
                System.getProperty("pgbosun.ways", "").toLowerCase(Locale.ROOT).split(",");
        var stored = Stream.of("s3", "azure", "default", "sealed-s3", "sealed")
                .flatMap(
                        repository -> Stream.of("PG_BASEBACKUP", "PG_DUMP").map(engine -> new Way(repository, engine)));
        return Stream.concat(Stream.of(new Way(BackupTrials.RESTED, "PGBACKREST"), Lane.WAL), stored)
                .filter(way -> Arrays.stream(named)
                        .anyMatch(
                                name -> way.toString().toLowerCase(Locale.ROOT).contains(name)))
                .toList();
    }

    private static String note() {
        var ways = WAYS.stream().filter(way -> !way.equals(Lane.WAL)).count();
        return "kill -9 " + (EACH_STEP ? "at each step of" : "within") + " "
                + (KINDS.isBlank()
                        ? "backup, drill, restore, recover, expire, delete-backup"
                        : KINDS.replace(",", ", "))
                + "; " + ways + " ways of storing" + (WAYS.contains(Lane.WAL) ? ", archived WAL" : "");
    }

    @AfterAll
    void clear() {
        board.show();
        lanes.close();
    }

    @TestFactory
    Stream<DynamicTest> a_kill_within_what_is_done_with_backups_ends_in_its_true_state_with_nothing_left_over() {
        return (EVERY_EVENT ? wholly() : sample()).toList().stream(); // all of them begin, and not one by one
    }

    private Stream<Planned> trials() {
        return WAYS.stream().flatMap(Way::all);
    }

    private Stream<DynamicTest> wholly() {
        return (EACH_STEP ? spread() : trials())
                .filter(trial -> KINDS.isBlank() || List.of(KINDS.split(",")).contains(trial.kind()))
                .map(trial -> lanes.test(trial.toString(), lane -> atEveryEvent(lane, trial)));
    }

    /** Of what both engines do, one by chance in each repository; both on the file system. */
    private Stream<Planned> spread() {
        var chosen = new HashMap<String, Planned>();
        trials().forEach(trial -> chosen.merge(
                trial.kind() + trial.way().repository(),
                trial,
                (one, other) -> random(trial).nextBoolean() ? one : other));
        return trials().filter(trial -> trial.way().repository().equals("default") || chosen.containsValue(trial));
    }

    /** All of them, whatever one finds. */
    private void atEveryEvent(Lane lane, Planned trial) {
        var random = random(trial);
        var failures = new ArrayList<Throwable>();
        var reached = true;
        for (int number = Kill.FIRST_EVENT; reached; number++) {
            reached = false;
            for (var moment : moments(number, random)) {
                try {
                    reached |= lane.tried(trial, moment) && moment instanceof Moment.AtEvent;
                    System.out.printf("PASSED %s, killed %s%n", trial, moment);
                } catch (RuntimeException | AssertionError e) {
                    failures.add(new AssertionError(trial + ", killed " + moment, e));
                    System.out.printf("FAILED %s, killed %s: %s%n", trial, moment, e);
                    reached = number < MOST_EVENTS;
                }
            }
        }
        if (!failures.isEmpty()) {
            var all = new AssertionError(failures.size() + " failures");
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    private static List<Moment> moments(int number, Random random) {
        var refused = new Moment.AtEvent(number, false);
        var committed = new Moment.AtEvent(number, true);
        var later = new Moment.Between(number - Kill.FIRST_EVENT, random.nextInt(Kill.LONGEST_DELAY_MILLIS));
        if (!EACH_STEP) {
            return List.of(refused, committed, later);
        }
        var one = random.nextBoolean() ? refused : committed;
        return random.nextInt(4) == 0 ? List.of(one, later) : List.of(one);
    }

    /** What depends on no other trial, so that it is the same in any lane. */
    private Random random(Object part) {
        return seed.random(part);
    }

    /** One of each kind in a way that chance finds; and what takes longest: uploads, and what others' programs do. */
    private Stream<DynamicTest> sample() {
        var random = random("ways");
        var stored = trials().filter(trial -> !trial.way().equals(Lane.WAL)).toList();
        var kinds = stored.stream().map(Planned::kind).distinct().map(kind -> {
            var some =
                    stored.stream().filter(trial -> trial.kind().equals(kind)).toList();
            var one = some.get(random.nextInt(some.size()));
            return lanes.test(one.toString(), lane -> {
                var trial = lane.prepared(one);
                lane.tried(trial, Kill.any(trial, random(one)));
            });
        });
        var backups = trials().filter(trial -> trial.kind().equals("backup")).toList();
        var uploads = backups.stream()
                .filter(trial -> trial.way().repository().contains("s3"))
                .map(trial -> lanes.test(
                        trial + ", within an upload", lane -> assertTrue(lane.tried(trial, lane.uploading()))));
        var rested = backups.stream()
                .filter(trial -> trial.way().isBackRest())
                .map(trial -> lanes.test(
                        trial + ", within pgbackrest", lane -> assertTrue(lane.tried(trial, lane.resting()))));
        var wal = trials().filter(trial -> trial.way().equals(Lane.WAL))
                .map(planned -> lanes.test(planned + ", within the removal of WAL", lane -> {
                    var trial = lane.wal();
                    lane.tried(trial.expire(), trial.within());
                }));
        return Stream.of(kinds, rested, wal, uploads).flatMap(tests -> tests);
    }
}
