package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.host.TableName;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BaseBackupTest {
    private static final Secret REPLICATION = Secret.of("re:pl\\ica'tion");

    private static RealPostgres postgres;
    private static LocalPgPrograms programs;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        programs = postgres.programs;
        postgres.server.createReplicationRole("repl", REPLICATION);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void a_base_backup_becomes_a_standby_that_streams() throws IOException {
        var data = postgres.home.resolve("standby/data");
        var replication = postgres.as("repl", REPLICATION);
        postgres.server.createSlot("standby");
        Files.createDirectories(postgres.home.resolve("standby/data.basebackup-tmp/left"));
        programs.baseBackup(replication, data, "standby");
        assertTrue(programs.initialized(data));
        var port = programs.freePort();
        programs.configure(data, postgres.settings(port));
        programs.followPrimary(data, replication, "standby", "my 'standby'");
        programs.start(data);
        Soon.until("the standby streams", () -> postgres.server.streamsTo("my 'standby'"));

        var standby =
                new JdbcServers().at(new Endpoint("127.0.0.1", port, "postgres", RealPostgres.PASSWORD, "disable"));
        postgres.server.script("postgres", "create table streamed as select generate_series(1, 10) x");
        var written = postgres.server.facts().writeLsn();
        Soon.until("it is replayed", () -> standby.facts().replayLsn().compareTo(written) >= 0);
        assertEquals(10, standby.countRows("postgres", new TableName("public", "streamed")));
        checkFacts(standby);

        assertEquals(
                ProblemType.BUSY,
                Soon.problemOf(() -> postgres.server.dropSlot("standby")).type());
        assertNotEquals(port, postgres.endpoint.port());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("pgbosun.pgpass"))));
        assertFalse(Files.readString(data.resolve("pgbosun.recovery.conf")).contains("re:pl"));
        programs.remove(data);
        postgres.server.dropSlot("standby");
    }

    private static void checkFacts(Server standby) {
        Soon.until("all is replayed", () -> standby.facts().replayLagSeconds() == 0);
        var facts = standby.facts();
        assertTrue(facts.inRecovery());
        assertEquals(1, facts.timeline());
        assertEquals(postgres.server.facts().systemIdentifier(), facts.systemIdentifier());
        assertEquals(
                ProblemType.PROGRAM_FAILED,
                Soon.problemOf(() -> standby.createDatabase("x", null)).type());
    }

    @Test
    void a_base_backup_that_fails_leaves_no_cluster() {
        var data = postgres.home.resolve("failed/data");
        var problem = Soon.problemOf(() -> programs.baseBackup(postgres.as("repl", REPLICATION), data, "no_such_slot"));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("no_such_slot"), problem.detail());
        assertFalse(programs.initialized(data));
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> programs.baseBackup(postgres.as("repl", Secret.of("wr0ng")), data, "x"))
                        .type());
    }
}
