package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.LockGuard;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.MaintenanceCommand.Analyze;
import io.pgbosun.host.MaintenanceCommand.Reindex;
import io.pgbosun.host.MaintenanceCommand.Reindex.Scope;
import io.pgbosun.host.MaintenanceCommand.Vacuum;
import io.pgbosun.host.Progress;
import io.pgbosun.host.TableName;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JdbcMaintenanceTest {
    private static final String HOSTILE = "\"; drop table x; --";
    private static final TableName TABLE = new TableName("S'p", HOSTILE);
    private static final TableName SLOW = new TableName("public", "slow");
    private static final TableName SLOW_INDEX = new TableName("public", "slow_index");
    private static final LockGuard PATIENT = new LockGuard(Duration.ofSeconds(20), Duration.ofSeconds(20));
    private static final LockGuard GIVING_WAY = new LockGuard(Duration.ofSeconds(20), Duration.ofMillis(600));

    private static RealPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        postgres.server.createDatabase(HOSTILE, null);
        postgres.server.createDatabase("shop", null);
        postgres.server.script(HOSTILE, """
                create schema "S'p";
                create table "S'p"."%1$s" (id int primary key, t text);
                create index "%1$s i" on "S'p"."%1$s" (t);
                insert into "S'p"."%1$s" select i, i from generate_series(1, 100) i""".formatted(HOSTILE.replace("\"", "\"\"")));
        // an index whose every entry takes 10 ms, when the setting says so
        postgres.server.script("shop", """
                create table slow (id int);
                insert into slow select generate_series(1, 400);
                create function slowly(x int) returns int immutable language plpgsql as
                $$ begin
                    if coalesce(current_setting('test.slow', true), '') = 'yes' then perform pg_sleep(0.01); end if;
                    return x; end $$;
                create index slow_index on slow (slowly(id));
                create table big (id int, pad text);
                insert into big select i, repeat('x', 500) from generate_series(1, 40000) i;
                delete from big where id % 2 = 0""");
        postgres.server.script("postgres", "alter database shop set test.slow = 'yes'");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    static Stream<MaintenanceCommand> commands() {
        return Stream.of(
                new Vacuum(TABLE, false, false, false),
                new Vacuum(TABLE, false, true, true),
                new Vacuum(TABLE, true, false, true),
                new Vacuum(null, false, false, true),
                new Vacuum(null, true, true, false),
                new Analyze(TABLE),
                new Analyze(null),
                new Reindex(Scope.INDEX, new TableName("S'p", HOSTILE + " i"), false),
                new Reindex(Scope.INDEX, new TableName("S'p", HOSTILE + " i"), true),
                new Reindex(Scope.TABLE, TABLE, false),
                new Reindex(Scope.TABLE, TABLE, true),
                new Reindex(Scope.SCHEMA, new TableName("S'p", ""), false),
                new Reindex(Scope.SCHEMA, new TableName("S'p", ""), true),
                new Reindex(Scope.DATABASE, null, false),
                new Reindex(Scope.DATABASE, null, true));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_runs_on_hostile_names(MaintenanceCommand command) {
        postgres.server.maintain(HOSTILE, command, PATIENT, progress -> {});
        assertEquals(100, postgres.server.countRows(HOSTILE, TABLE));
        assertEquals(List.of(), postgres.server.invalidIndexes(HOSTILE));
    }

    @Test
    void a_vacuum_tells_the_blocks_it_has_scanned_of_how_many() {
        postgres.server.script("postgres", "alter database shop set vacuum_cost_delay = '20ms'");
        try {
            var told = new ConcurrentLinkedQueue<Progress>();
            postgres.server.maintain(
                    "shop", new Vacuum(new TableName("public", "big"), false, false, false), PATIENT, told::add);
            var counted = told.stream().filter(progress -> progress.total() > 0).toList();
            assertFalse(counted.isEmpty(), told::toString);
            assertTrue(counted.stream()
                    .allMatch(progress -> progress.done() <= progress.total()
                            && progress.unit().equals("blocks")
                            && progress.source().equals("pg_stat_progress_vacuum")));
            assertTrue(counted.getFirst().phase().contains("heap"));
        } finally {
            postgres.server.script("postgres", "alter database shop reset vacuum_cost_delay");
        }
    }

    @Test
    void a_reindex_that_keeps_a_writer_waiting_gives_way() {
        try (var writer = postgres.session("shop")) {
            var reindex = Soon.start(() -> postgres.server.maintain(
                    "shop", new Reindex(Scope.INDEX, SLOW_INDEX, false), GIVING_WAY, progress -> {}));
            Soon.until("the reindex runs", () -> active("reindex"));
            long start = System.nanoTime();
            RealPostgres.run(writer, "set test.slow = 'no'; insert into slow values (-1)");
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(3).toNanos(), "the writer waited for the end");

            var problem = Soon.outcome(reindex);
            assertEquals(ProblemType.BUSY, problem.type());
            assertEquals(1, problem.facts().get("blockedSessions"));
            assertTrue(problem.detail().contains("1 session(s) waited"), problem.detail());
        }
    }

    @Test
    void a_vacuum_full_that_only_waits_for_its_lock_gives_way_to_those_behind_it() {
        try (var reader = postgres.session("shop");
                var behind = postgres.session("shop")) {
            RealPostgres.run(reader, "begin; select count(*) from slow");
            var vacuum = Soon.start(() ->
                    postgres.server.maintain("shop", new Vacuum(SLOW, true, false, false), GIVING_WAY, progress -> {}));
            Soon.until("the vacuum waits", () -> active("vacuum"));
            var second = Soon.start(() -> RealPostgres.run(behind, "select count(*) from slow"));

            assertEquals(ProblemType.BUSY, Soon.outcome(vacuum).type());
            assertNull(Soon.outcome(second));
            RealPostgres.run(reader, "commit");
        }
    }

    @Test
    void a_short_wait_of_others_is_borne() {
        try (var writer = postgres.session("shop")) {
            var reindex = Soon.start(() -> postgres.server.maintain(
                    "shop", new Reindex(Scope.INDEX, SLOW_INDEX, false), PATIENT, progress -> {}));
            Soon.until("the reindex runs", () -> active("reindex"));
            var writing =
                    Soon.start(() -> RealPostgres.run(writer, "set test.slow = 'no'; insert into slow values (-2)"));
            assertNull(Soon.outcome(reindex));
            assertNull(Soon.outcome(writing));
        }
    }

    @Test
    void a_lock_that_is_not_won_in_time_is_busy() {
        try (var holder = postgres.session("shop")) {
            RealPostgres.run(holder, "begin; lock table slow");
            var guard = new LockGuard(Duration.ofMillis(300), Duration.ofSeconds(20));
            var problem = Soon.problemOf(() ->
                    postgres.server.maintain("shop", new Vacuum(SLOW, false, false, false), guard, progress -> {}));
            assertEquals(ProblemType.BUSY, problem.type());
            assertEquals("55P03", problem.facts().get("sqlstate"));
            RealPostgres.run(holder, "rollback");
        }
    }

    @Test
    void the_end_of_a_run_ends_its_command_at_the_server_too() {
        var work = new Work(UUID.randomUUID(), 3);
        var running = reindexing(work, false);
        work.end();
        assertEquals(ProblemType.CANCELLED, Soon.outcome(running).type());
        Soon.until("the command is gone", () -> !active("reindex"));
    }

    @Test
    void what_a_cancelled_concurrent_reindex_leaves_is_found_and_dropped() {
        var work = new Work(UUID.randomUUID(), 3);
        var running = reindexing(work, true);
        Soon.until(
                "the new index is there",
                () -> "t".equals(postgres.ask("shop", "select exists(select from pg_index where not indisvalid)")));
        assertEquals(List.of(), postgres.server.invalidIndexes("shop"), "one that is being built is no leftover");
        work.end();
        assertEquals(ProblemType.CANCELLED, Soon.outcome(running).type());
        Soon.until("the command is gone", () -> !active("reindex"));

        var left = new TableName("public", "slow_index_ccnew");
        assertEquals(List.of(left), postgres.server.invalidIndexes("shop"));
        postgres.server.dropIndex("shop", left);
        assertEquals(List.of(), postgres.server.invalidIndexes("shop"));
        postgres.server.dropIndex("shop", left);
    }

    @Test
    void a_listener_that_fails_ends_the_command() {
        var reindex = new Reindex(Scope.INDEX, SLOW_INDEX, false);
        var lost = Problem.notPossible("the lease is lost");
        var problem = Soon.problemOf(() -> postgres.server.maintain("shop", reindex, PATIENT, progress -> {
            throw lost;
        }));
        assertEquals(lost, problem);
        Soon.until("the command is gone", () -> !active("reindex"));
    }

    private static CompletableFuture<Problem> reindexing(Work work, boolean concurrently) {
        var command = new Reindex(Scope.INDEX, SLOW_INDEX, concurrently);
        var running =
                Soon.start(() -> work.run(() -> postgres.server.maintain("shop", command, PATIENT, progress -> {})));
        Soon.until("the reindex runs", () -> active("reindex"));
        return running;
    }

    private static boolean active(String command) {
        return "t"
                .equals(postgres.ask(
                        "postgres",
                        "select exists(select from pg_stat_activity where state = 'active' and query like '" + command
                                + "%')"));
    }
}
