package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.S3Server;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.process.BackupTrials.Unprepared;
import io.pgbosun.process.Kill.Moment;
import io.pgbosun.process.KillTrials.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * R1 for backups, in each way of storing them: kill -9 of the service within backup, drill, restore, recover, expire and
 * delete-backup leaves no object, slot, scratch instance or backup mode. By default at one moment of each kind, by chance,
 * and within uploads; with {@code -Dpgbosun.kinds=backup,drill}, or when long, at every event of these kinds, and
 * {@code -Dpgbosun.ways=s3} picks the ways whose name holds it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledBackupIT {
    private static final List<String> ENGINES = List.of("PG_BASEBACKUP", "PG_DUMP");
    private static final List<String> REPOSITORIES = List.of("s3", "default", "sealed-s3", "sealed");
    private static final String WAYS = System.getProperty("pgbosun.ways", "");
    private static final String KINDS = System.getProperty("pgbosun.kinds", "");
    private static final boolean EVERY_EVENT = Scoreboard.LONG || !KINDS.isBlank();

    private static final int MOST_EVENTS = 60;

    /** What cannot be compressed: the backup is sent in parts. */
    private static final String NOISE = """
            create table noise as select gen_random_uuid() a, gen_random_uuid() b, gen_random_uuid() c from generate_series(1, 400000)
            """;

    private final Scoreboard board = Scoreboard.of(
            "R1", "kill -9 within backup, drill, restore, recover, expire, delete-backup; 8 ways of storing");
    private final Random random = Seed.of(KilledBackupIT.class).random("moments");
    private final Path folder = Service.newFolder();
    private final List<BackupTrials> ways = new ArrayList<>();
    private S3Server s3;
    private Service service;
    private Kill kill;

    @BeforeAll
    void prepare() throws IOException {
        s3 = S3Server.start();
        service = Service.first(folder, "api,worker");
        kill = new Kill(service, board, new Leftovers(service, s3), !EVERY_EVENT);
        rest().provision(BackupTrials.KEPT, 1);
        rest().succeed("/v1/clusters/kept/wal-archive", "{}");
        new Superuser(service, BackupTrials.KEPT).run("shop", NOISE);
        rest().provision(BackupTrials.SPARE, 1);
        created("/v1/backup-policies", "{'name':'one','cluster':'spare','retention':{'keepLast':1}}");
        var bucket = s3.repository("s3", S3Server.PLACE, s3.secret()).strip();
        created("/v1/repositories", bucket);
        created(
                "/v1/repositories",
                encrypted(bucket.replace("'name':'s3'", "'name':'sealed-s3'").replace("fleet/", "sealed/")));
        var directory = Files.createDirectory(folder.resolve("sealed"));
        created(
                "/v1/repositories",
                encrypted("{'name':'sealed','type':'FILESYSTEM','path':'%s'}".formatted(directory)));
        var stay = new HashSet<String>();
        for (var repository : REPOSITORIES) {
            ENGINES.stream()
                    .filter(engine -> (repository + " " + engine).contains(WAYS))
                    .forEach(engine -> ways.add(BackupTrials.of(service, repository, engine, stay)));
        }
    }

    private Rest rest() {
        return service.rest();
    }

    private void created(String path, String body) {
        var created = rest().post(path, body);
        assertEquals(201, created.status(), created::toString);
    }

    private static String encrypted(String repository) {
        return repository.substring(0, repository.length() - 1) + ",'encrypted':true}";
    }

    @AfterAll
    void clear() {
        board.show();
        kill.close();
        Service.clear(folder, service);
        s3.close();
    }

    @TestFactory
    Stream<DynamicTest> a_kill_within_what_is_done_with_backups_ends_in_its_true_state_with_nothing_left_over() {
        return EVERY_EVENT
                ? trials().filter(trial ->
                                KINDS.isBlank() || List.of(KINDS.split(",")).contains(trial.kind()))
                        .map(trial -> DynamicTest.dynamicTest(trial.toString(), () -> atEveryEvent(trial)))
                : sample();
    }

    private Stream<Unprepared> trials() {
        return ways.stream().flatMap(BackupTrials::all);
    }

    /** One that has failed does not keep the next one from being made. */
    private Trial prepared(Unprepared trial) {
        if (service.answers("/q/health/ready") != 200) {
            service.kill();
            service.start();
        }
        return trial.prepared().get();
    }

    /** All of them, whatever one finds. */
    private void atEveryEvent(Unprepared unprepared) {
        var failures = new ArrayList<Throwable>();
        var reached = true;
        for (int number = Kill.FIRST_EVENT; reached; number++) {
            reached = false;
            for (var moment : Arrays.<Moment>asList(
                    new Moment.AtEvent(number, false),
                    new Moment.AtEvent(number, true),
                    new Moment.Between(number - Kill.FIRST_EVENT, random.nextInt(Kill.LONGEST_DELAY_MILLIS)))) {
                try {
                    reached |= kill.tried(prepared(unprepared), moment) && moment instanceof Moment.AtEvent;
                } catch (RuntimeException | AssertionError e) {
                    failures.add(new AssertionError(unprepared + ", killed " + moment, e));
                    System.out.printf("FAILED %s, killed %s: %s%n", unprepared, moment, e);
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

    /** One of each kind in a way that chance finds; and uploads, which are the longest of all. */
    private Stream<DynamicTest> sample() {
        var kinds = trials().map(Unprepared::kind).distinct().map(kind -> {
            var some = trials().filter(trial -> trial.kind().equals(kind)).toList();
            var one = some.get(random.nextInt(some.size()));
            return DynamicTest.dynamicTest(one.toString(), () -> {
                var trial = prepared(one);
                kill.tried(trial, Kill.any(trial, random));
            });
        });
        var uploads = trials().filter(
                        trial -> trial.kind().equals("backup") && trial.way().contains("s3"))
                .map(trial -> DynamicTest.dynamicTest(
                        trial + ", within an upload",
                        () -> assertTrue(kill.tried(
                                prepared(trial),
                                new Moment.While(
                                        "it uploads", () -> !s3.unfinished().isEmpty())))));
        return Stream.concat(kinds, uploads);
    }
}
