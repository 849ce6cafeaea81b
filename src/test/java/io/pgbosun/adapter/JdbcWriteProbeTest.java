package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The writer counts what a real server has acknowledged, to the row. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JdbcWriteProbeTest {
    private static final Duration MOMENT = Duration.ofMillis(300);

    private final JdbcWriteProbe probe = new JdbcWriteProbe(Clock.systemUTC());
    private RealPostgres postgres;

    @BeforeAll
    void start() {
        postgres = RealPostgres.start();
    }

    @AfterAll
    void stop() {
        postgres.close();
    }

    @Test
    void all_that_a_killed_server_has_acknowledged_is_there_when_it_is_started_again() {
        var begun = Instant.now();
        var written = probe.write(postgres.endpoint, MOMENT, () -> postgres.programs.halt(postgres.data));
        assertTrue(written.rows() > 1, written.toString());
        assertTrue(written.last().isAfter(begun), written.toString());
        postgres.programs.start(postgres.data);
        assertEquals(written.rows(), probe.count(postgres.endpoint, written.rows()));
        probe.writeOne(postgres.endpoint);
        probe.writeOne(postgres.endpoint); // by a run that takes over
        assertEquals(written.rows(), probe.count(postgres.endpoint, written.rows()));
        postgres.server.script("postgres", "delete from pgbosun_failover_drill where id in (1, 2)");
        assertEquals(written.rows() - 2, probe.count(postgres.endpoint, written.rows()));
    }

    @Test
    void a_server_that_has_lost_the_table_has_none_of_the_rows() {
        postgres.server.script("postgres", "drop table if exists pgbosun_failover_drill");
        probe.writeOne(postgres.endpoint);
        assertEquals(0, probe.count(postgres.endpoint, 100));
    }

    @Test
    void a_server_that_takes_no_rows_before_it_is_ended_is_told_of() {
        postgres.server.script("postgres", """
                create function refuse() returns event_trigger language plpgsql as
                  'begin alter table pgbosun_failover_drill add check (id < 3); end';
                create event trigger refuse on ddl_command_end when tag in ('CREATE TABLE') execute function refuse()
                """);
        try {
            var problem = assertThrows(
                    Problem.class,
                    () -> probe.write(
                            postgres.endpoint, Duration.ofMinutes(1), () -> postgres.programs.halt(postgres.data)));
            assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        } finally {
            postgres.server.script("postgres", "drop event trigger refuse; drop function refuse()");
        }
    }
}
