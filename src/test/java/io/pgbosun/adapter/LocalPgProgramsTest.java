package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.TableName;
import io.pgbosun.host.Work;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LocalPgProgramsTest {
    private static RealPostgres postgres;
    private static LocalPgPrograms programs;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
        programs = postgres.programs;
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void the_programs_are_those_of_one_known_version() {
        assertTrue(programs.majorVersion() >= 13);
    }

    @Test
    void a_new_cluster_has_checksums_and_asks_everyone_for_a_password() throws IOException {
        assertEquals(Optional.of("on"), postgres.server.value("postgres", "select current_setting('data_checksums')"));
        assertEquals(
                Optional.of("UTF8 C.UTF-8"),
                postgres.server.value(
                        "postgres",
                        "select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database where datname = 'postgres'"));
        assertEquals(
                Optional.of("scram-sha-256"),
                postgres.server.value(
                        "postgres", "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(postgres.data)));
    }

    @Test
    void a_directory_that_initdb_has_not_finished_is_no_cluster_and_is_made_anew() throws IOException {
        var data = postgres.home.resolve("half/data");
        assertFalse(programs.initialized(data));
        Files.createDirectories(postgres.home.resolve("half/data.initdb-tmp"));
        Files.writeString(postgres.home.resolve("half/data.initdb-tmp/PG_VERSION"), "15");
        assertFalse(programs.initialized(data));

        programs.initdb(data, "postgres", Secret.of("x"));
        assertTrue(programs.initialized(data));
        assertFalse(Files.exists(postgres.home.resolve("half/data.initdb-tmp")));
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> programs.initdb(data, "postgres", Secret.of("y")))
                        .type());
        programs.remove(data);
        assertFalse(Files.exists(data));
    }

    @Test
    void starting_what_runs_and_stopping_what_does_not_changes_nothing() {
        var before = postgres.server.facts().startedAt();
        programs.start(postgres.data);
        assertEquals(before, postgres.server.facts().startedAt());
        assertTrue(programs.running(postgres.data));
        assertTrue(programs.ready(postgres.data));
        assertFalse(programs.ready(postgres.home.resolve("absent")));
        programs.stop(postgres.home.resolve("absent"));
        assertFalse(programs.running(postgres.home.resolve("absent")));
    }

    @Test
    void a_started_server_carries_no_mark_of_its_run_and_no_password() throws IOException {
        var other = postgres.home.resolve("marked/data");
        programs.initdb(other, "postgres", Secret.of("x"));
        programs.configure(other, postgres.settings(programs.freePort()));
        var operation = UUID.randomUUID();
        var work = new Work(operation, 1);
        work.run(() -> programs.start(other));
        var environment = Files.readString(Path.of(
                "/proc", Files.readAllLines(other.resolve("postmaster.pid")).getFirst(), "environ"));
        assertFalse(environment.contains("PGBOSUN"), environment);
        assertFalse(environment.contains("PGPASSWORD"));
        assertEquals(0, programs.endProcesses(operation, 99));
        work.end();
        assertTrue(programs.running(other), "the end of a run does not end a server that has started");

        programs.remove(other);
        assertFalse(Files.exists(other));
        assertFalse(Files.exists(postgres.home.resolve("marked/data.log")));
    }

    @Test
    void a_server_that_was_killed_starts_again_and_one_that_still_recovers_is_waited_for() throws Exception {
        var data = postgres.home.resolve("killed/data");
        programs.initdb(data, "the boss", Secret.of("x"));
        var port = programs.freePort();
        programs.configure(data, postgres.settings(port));
        programs.start(data);
        var server = new JdbcServers().at(new Endpoint("127.0.0.1", port, "the boss", Secret.of("x"), "disable"));
        server.script("postgres", "create table filled as select generate_series(1, 300000) x");
        var pid = new DataDirectory(programs.machine, data).postmaster().orElseThrow();
        var postmaster = ProcessHandle.of(pid).orElseThrow();
        postmaster.destroyForcibly();
        postmaster.onExit().get();
        assertFalse(programs.ready(data));

        var first = Soon.start(() -> programs.start(data));
        Soon.until("it is there", () -> programs.running(data));
        programs.start(data);
        assertTrue(programs.ready(data));
        assertEquals(300_000, server.countRows("postgres", new TableName("public", "filled")));
        assertNull(Soon.outcome(first));
        programs.remove(data);
    }

    @Test
    void a_stale_pid_file_is_no_running_server() throws IOException {
        var data = Files.createDirectories(postgres.home.resolve("stale/data"));
        Files.writeString(
                data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + data + "\n");
        assertFalse(programs.running(data));
    }

    @Test
    void a_server_that_cannot_start_says_why() {
        var data = postgres.home.resolve("broken/data");
        programs.initdb(data, "postgres", Secret.of("x"));
        programs.configure(data, Map.of("shared_buffers", "a lot"));
        var problem = Soon.problemOf(() -> programs.start(data));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("shared_buffers"), problem.detail());
        programs.remove(data);
    }

    @Test
    void settings_are_quoted_replaced_and_included_once() throws IOException {
        var settings = postgres.settings(postgres.endpoint.port());
        settings.put("cluster_name", "it''s \\ \"x\"");
        settings.put("pgbosun.note", "two\nlines # 'x'");
        programs.configure(postgres.data, settings);
        programs.configure(postgres.data, settings);
        postgres.ask("postgres", "select pg_reload_conf()");
        Soon.until(
                "the reload",
                () -> postgres.server
                        .value("postgres", "select current_setting('pgbosun.note', true)")
                        .equals(Optional.of("two\nlines # 'x'")));
        var configuration = Files.readAllLines(postgres.data.resolve("postgresql.conf"));
        assertEquals(
                1,
                configuration.stream()
                        .filter(line -> line.contains("'pgbosun.conf'"))
                        .count());
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> programs.configure(postgres.data, Map.of("a = 1\nb", "x")))
                        .type());
    }

    @Test
    void dangerous_paths_are_not_removed() {
        for (var path : List.of("/", "/var/lib", "var/lib/postgresql/data", "/var/lib/x/../..")) {
            assertEquals(
                    ProblemType.NOT_POSSIBLE,
                    Soon.problemOf(() -> programs.remove(Path.of(path))).type());
        }
        programs.remove(postgres.home.resolve("absent"));
    }

    @Test
    void a_single_file_is_removed_with_nothing_beside_it() throws IOException {
        var file = Files.writeString(postgres.home.resolve("dump"), "x");
        var beside = Files.writeString(postgres.home.resolve("dump.log"), "x");
        programs.remove(file);
        assertFalse(Files.exists(file));
        assertTrue(Files.exists(beside));
    }

    @Test
    void tools_that_older_runs_left_are_ended_and_no_others() {
        var operation = UUID.randomUUID();
        try (var session = postgres.session("postgres")) {
            RealPostgres.run(session, "begin; lock table pg_catalog.pg_class in access exclusive mode");
            var older = new Work(operation, 9);
            var newer = new Work(operation, 10);
            var left = Soon.start(() -> older.run(LocalPgProgramsTest::dump));
            var current = Soon.start(() -> newer.run(LocalPgProgramsTest::dump));
            Soon.until("both run", () -> marked(older.tag()) && marked(newer.tag()));

            // pg_dumpall may just be asking its pg_dump for the version
            assertTrue(programs.endProcesses(operation, 10) >= 1);
            assertFalse(marked(older.tag()));
            assertTrue(marked(newer.tag()));
            assertEquals(ProblemType.PROGRAM_FAILED, Soon.outcome(left).type());
            newer.end();
            assertEquals(ProblemType.CANCELLED, Soon.outcome(current).type());
            assertEquals(0, programs.endProcesses(operation, 11));
            RealPostgres.run(session, "rollback");
        }
    }

    private static void dump() {
        programs.dumpGlobals(postgres.endpoint, postgres.home.resolve("globals-" + UUID.randomUUID()));
    }

    private static boolean marked(String tag) {
        return ProcessHandle.allProcesses().anyMatch(process -> {
            try {
                return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "environ"))
                        .contains("PGBOSUN_WORK=" + tag);
            } catch (IOException gone) {
                return false;
            }
        });
    }

    @Test
    void a_free_port_can_be_listened_on() throws IOException {
        try (var socket = new java.net.ServerSocket(programs.freePort())) {
            assertTrue(socket.isBound());
        }
    }

    @Test
    void missing_programs_are_told_with_what_to_install() {
        var problem = Soon.problemOf(() -> PostgresBin.find(Map.of("PGBOSUN_PG_BIN", "/no/such/bin")));
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertTrue(problem.detail().contains("/no/such/bin"));
        var gone = new LocalPgPrograms(new PostgresBin(Path.of("/no/such/bin"), null));
        assertEquals(
                ProblemType.NOT_POSSIBLE, Soon.problemOf(gone::majorVersion).type());
    }
}
