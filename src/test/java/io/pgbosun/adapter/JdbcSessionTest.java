package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Work;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JdbcSessionTest {
    private static RealPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        postgres.server.createDatabase("shop", null);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void a_server_that_does_not_answer_is_unreachable_within_seconds() {
        var nobody = new Endpoint("127.0.0.1", postgres.programs.freePort(), "postgres", null, "disable");
        long start = System.nanoTime();
        var problem = Soon.problemOf(() -> new JdbcServers().at(nobody).facts());
        assertEquals(ProblemType.UNREACHABLE, problem.type());
        assertTrue(problem.detail().contains(nobody.display()));
        assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
    }

    @Test
    void a_server_that_accepts_and_says_nothing_is_unreachable_within_seconds() throws Exception {
        try (var silent = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var endpoint = new Endpoint("127.0.0.1", silent.getLocalPort(), "postgres", null, "disable");
            long start = System.nanoTime();
            var problem = Soon.problemOf(() -> new JdbcServers().at(endpoint).facts());
            assertEquals(ProblemType.UNREACHABLE, problem.type());
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(6).toNanos());
        }
    }

    @Test
    void an_unknown_host_is_unreachable() {
        var nowhere = new Endpoint("no-such-host.invalid", 5432, "postgres", null, "disable");
        assertEquals(
                ProblemType.UNREACHABLE,
                Soon.problemOf(() -> new JdbcServers().at(nowhere).facts()).type());
    }

    @Test
    void a_wrong_or_missing_password_is_told_with_the_user_and_without_the_password() {
        for (var password : new Secret[] {Secret.of("wr0ng-password"), null}) {
            var problem = Soon.problemOf(() ->
                    new JdbcServers().at(postgres.as("postgres", password)).facts());
            assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
            assertTrue(problem.detail().contains("login refused for user 'postgres'"), problem.detail());
            assertFalse(problem.detail().contains("wr0ng"));
            assertFalse(problem.facts().toString().contains("wr0ng"));
        }
    }

    @Test
    void a_required_TLS_that_the_server_lacks_is_not_possible() {
        var strict = new Endpoint("127.0.0.1", postgres.endpoint.port(), "postgres", RealPostgres.PASSWORD, "require");
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> new JdbcServers().at(strict).facts()).type());
    }

    @Test
    void an_unknown_database_is_told_with_its_SQLSTATE() {
        var problem = Soon.problemOf(() -> postgres.server.tables("nowhere"));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertEquals("3D000", problem.facts().get("sqlstate"));
    }

    @Test
    void the_end_of_a_run_cancels_its_statement_and_ends_its_session() {
        var work = new Work(UUID.randomUUID(), 1);
        var running = Soon.start(() -> work.run(() -> postgres.server.value("shop", "select pg_sleep(60)")));
        Soon.until("the statement runs", () -> sessions(work.tag()) == 1);
        work.end();
        work.reopen();

        assertEquals(ProblemType.CANCELLED, Soon.outcome(running).type());
        Soon.until("the session is gone", () -> sessions(work.tag()) == 0);
    }

    @Test
    void a_run_that_has_ended_opens_nothing() {
        var work = new Work(UUID.randomUUID(), 7);
        work.end();
        var problem = Soon.problemOf(() -> work.run(() -> postgres.server.facts()));
        assertEquals(ProblemType.CANCELLED, problem.type());
        work.reopen();
        work.run(() -> postgres.server.facts());
    }

    @Test
    void a_statement_that_someone_else_cancels_was_not_cancelled_by_its_run() {
        var work = new Work(UUID.randomUUID(), 1);
        var running = Soon.start(() -> work.run(() -> postgres.server.value("shop", "select pg_sleep(60)")));
        Soon.until("the statement runs", () -> sessions(work.tag()) == 1);
        postgres.ask(
                "postgres",
                "select pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and application_name = '"
                        + work.tag() + "'");
        assertEquals(ProblemType.TOO_SLOW, Soon.outcome(running).type());
    }

    @Test
    void a_server_process_that_is_ended_is_unreachable() {
        try (var session = postgres.session("shop")) {
            postgres.ask("postgres", "select pg_terminate_backend(" + session.pid() + ", 5000)");
            var problem = Soon.problemOf(() -> RealPostgres.run(session, "select 1"));
            assertEquals(ProblemType.UNREACHABLE, problem.type());
        }
    }

    @Test
    void sessions_of_older_runs_are_ended_and_no_others() {
        var operation = UUID.randomUUID();
        var older = Soon.start(
                () -> new Work(operation, 1).run(() -> postgres.server.value("shop", "select pg_sleep(60)")));
        var other = new Work(UUID.randomUUID(), 1);
        var another = Soon.start(() -> other.run(() -> postgres.server.value("shop", "select pg_sleep(60)")));
        Soon.until("both run", () -> sessions(Work.tagPrefix(operation)) == 1 && sessions(other.tag()) == 1);

        assertEquals(1, postgres.server.endSessions(operation, 2));
        assertEquals(ProblemType.UNREACHABLE, Soon.outcome(older).type());
        assertEquals(0, sessions(Work.tagPrefix(operation)));
        assertEquals(1, sessions(other.tag()));
        other.end();
        assertEquals(ProblemType.CANCELLED, Soon.outcome(another).type());
    }

    @Test
    void a_run_that_takes_over_ends_what_the_one_before_left_as_soon_as_it_comes_to_the_server() {
        var operation = UUID.randomUUID();
        var older = Soon.start(
                () -> new Work(operation, 1).run(() -> postgres.server.value("shop", "select pg_sleep(60)")));
        Soon.until("it runs", () -> sessions(Work.tagPrefix(operation)) == 1);

        new Work(operation, 2).run(() -> postgres.server.facts());
        assertEquals(ProblemType.UNREACHABLE, Soon.outcome(older).type());
        assertEquals(0, sessions(Work.tagPrefix(operation)));
    }

    private static int sessions(String tag) {
        return Integer.parseInt(postgres.ask(
                "postgres",
                "select count(*) from pg_stat_activity where state = 'active' and starts_with(application_name, '" + tag
                        + "')"));
    }
}
