package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.SshLogin;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SshHostTest {
    private static Path home;
    private static RealSshd sshd;
    private static MinaSshHosts hosts;
    private static HostPrograms programs;

    @BeforeAll
    static void start() {
        home = RealPostgres.home();
        sshd = RealSshd.at(home.resolve("ssh"));
        hosts = new MinaSshHosts(sshd.clientKey());
        programs = hosts.at(sshd.login());
    }

    @AfterAll
    static void stop() {
        hosts.close();
        sshd.close();
        FileTree.remove(home);
    }

    private static Endpoint endpoint(int port) {
        return new Endpoint("127.0.0.1", port, "postgres", RealPostgres.PASSWORD, "disable");
    }

    private static Server server(int port) {
        return new JdbcServers().at(endpoint(port));
    }

    /** For pg_rewind, WAL stays for a while. */
    private static Map<String, String> settings(int port) {
        var settings = RealPostgres.settings(port);
        settings.put("wal_keep_size", "256MB");
        return settings;
    }

    private static int made(Path data) {
        var port = programs.freePort();
        programs.initdb(data, "postgres", RealPostgres.PASSWORD);
        programs.configure(data, settings(port));
        return port;
    }

    @Test
    void the_programs_are_those_of_the_newest_version_there() {
        assertEquals(new LocalPgPrograms().majorVersion(), programs.majorVersion());
    }

    @Test
    void a_server_lives_its_life() throws IOException {
        var data = home.resolve("life/data");
        assertFalse(programs.exists(data));
        assertFalse(programs.initialized(data));
        assertFalse(programs.running(data));
        var port = made(data);
        programs.admit(data, List.of("10.0.0.0/8"));
        assertTrue(programs.initialized(data));
        assertEquals("rwx------", mode(data));
        assertEquals("rw-------", mode(data.resolve("pgbosun.conf")));
        assertEquals(String.valueOf(port), programs.settings(data).get("port"));

        programs.start(data);
        programs.start(data);
        assertTrue(programs.running(data));
        assertTrue(programs.ready(data));
        assertEquals(Optional.empty(), programs.shutdownLsn(data));
        assertTrue(server(port).facts().writeLsn().position() > 0);
        assertFalse(environment(data).contains("PGBOSUN"), "a server carries no mark of a run");

        programs.stop(data);
        assertFalse(programs.running(data));
        assertTrue(programs.shutdownLsn(data).isPresent());
        assertEquals(1, programs.walTimeline(data));
        programs.start(data);
        programs.halt(data);
        assertFalse(programs.running(data));
        assertEquals(Optional.empty(), programs.shutdownLsn(data), "it has crashed");
        programs.remove(data);
        assertFalse(Files.exists(data));
        assertFalse(Files.exists(home.resolve("life/data.log")));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static String environment(Path data) throws IOException {
        var pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
        return Files.readString(Path.of("/proc", pid, "environ"));
    }

    @Test
    void a_server_that_cannot_start_says_why() {
        var data = home.resolve("broken/data");
        made(data);
        programs.configure(data, Map.of("shared_buffers", "a lot"));
        var problem = Soon.problemOf(() -> programs.start(data));
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("shared_buffers"), problem.detail());
    }

    @Test
    void a_frozen_server_is_halted() throws Exception {
        var data = home.resolve("frozen/data");
        made(data);
        programs.start(data);
        var pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
        new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
        programs.halt(data);
        assertFalse(programs.running(data));
    }

    @Test
    void a_standby_streams_and_a_primary_that_was_left_behind_is_rewound() throws IOException {
        var first = home.resolve("pair/first");
        var firstPort = made(first);
        programs.start(first);
        server(firstPort).createSlot("second");
        var second = home.resolve("pair/second");
        programs.baseBackup(endpoint(firstPort), second, "second");
        var secondPort = programs.freePort();
        assertNotEquals(firstPort, secondPort);
        programs.configure(second, settings(secondPort));
        programs.followPrimary(second, endpoint(firstPort), "second", "second");
        assertEquals(endpoint(firstPort), programs.upstream(second));
        assertTrue(programs.comesUpAsStandby(second));
        assertEquals("rw-------", mode(second.resolve("pgbosun.pgpass")));
        programs.start(second);
        Soon.until("it streams", () -> server(firstPort).streamsTo("second"));

        server(secondPort).promote();
        server(secondPort).checkpoint();
        server(firstPort).script("postgres", "create table lost as select generate_series(1, 1000) x");
        var before = server(firstPort).facts().writeLsn();
        server(firstPort).script("postgres", "insert into lost values (1)");
        programs.stop(first);
        assertEquals(1, programs.walAfter(first, before).commits());
        var mark = Files.writeString(home.resolve("pair/first.rewind"), "");
        assertFalse(programs.rewind(first, endpoint(secondPort)), "a former one was cut off");
        Files.delete(mark);
        assertTrue(programs.rewind(first, endpoint(secondPort)));
        var label = Files.readString(first.resolve("backup_label"));
        assertTrue(programs.rewind(first, endpoint(secondPort)), "it is whole, and no server has recovered in it");
        assertEquals(label, Files.readString(first.resolve("backup_label")));
        assertFalse(Files.exists(mark));
        server(secondPort).createSlot("first");
        programs.configure(first, settings(firstPort));
        programs.followPrimary(first, endpoint(secondPort), "first", "first");
        programs.start(first);
        Soon.until("the rewound one streams", () -> server(secondPort).streamsTo("first"));
        programs.stop(first);
        assertTrue(programs.stoppedInRecovery(first));
        programs.standAlone(first);
        assertFalse(programs.comesUpAsStandby(first));
        programs.remove(first);
        programs.remove(second);
    }

    @Test
    void archived_wal_is_copied_whole_or_not_at_all() throws IOException {
        var repository = Files.createDirectories(home.resolve("copied/repository"));
        var archive = new FileWalArchive(repository, "orders", new LocalPgPrograms());
        archive.make();
        var names = List.of("000000010000000000000001", "000000010000000000000002", "00000002.history");
        for (var name : names) {
            Files.writeString(archive.directory().resolve(name), name.repeat(20_000));
        }
        var data = home.resolve("copied/there/data");
        var copy = programs.walCopy(data);
        for (var wrong : new int[] {-1, 1}) {
            var problem = Soon.problemOf(() -> copy.make(archive, wal(names, wrong)));
            assertEquals(ProblemType.DAMAGED, problem.type());
            assertTrue(problem.detail().contains(names.getFirst()), problem.detail());
            assertFalse(copy.isThere());
        }
        copy.make(archive, wal(names, 0));
        assertTrue(copy.isThere());
        var there = home.resolve("copied/there/data.wal");
        assertEquals("rwx------", mode(there));
        for (var name : names) {
            assertEquals(-1, Files.mismatch(archive.directory().resolve(name), there.resolve(name)));
            assertEquals("rw-------", mode(there.resolve(name)));
        }
        copy.remove();
        copy.remove();
        assertEquals(List.of(), ((ServerPrograms) programs).machine.files().names(there.getParent()));
    }

    private static List<WalArchive.WalFile> wal(List<String> names, int wrong) {
        return names.stream()
                .map(name -> new WalArchive.WalFile(name, 1, name.length() * 20_000L + wrong, Instant.EPOCH))
                .toList();
    }

    @Test
    void what_cannot_be_written_there_is_told() throws IOException {
        var closed = Files.createDirectories(home.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
        var tree = ((ServerPrograms) programs).machine.files();
        var problem = Soon.problemOf(() -> {
            try (var filled = tree.newTree(closed.resolve("data"))) {
                filled.directory(Path.of("base"));
                filled.finish();
            }
        });
        assertEquals(ProblemType.PROGRAM_FAILED, problem.type());
        assertTrue(problem.detail().contains("Permission denied"), problem.detail());
    }

    @Test
    void the_script_that_archives_is_replaced_at_once() throws IOException {
        var data = Files.createDirectories(home.resolve("script/data"));
        assertFalse(programs.hasArchiveScript(data));
        Files.writeString(programs.archiveScript(data), "old");
        programs.writeArchiveScript(data);
        assertTrue(programs.hasArchiveScript(data));
        assertEquals("rwx------", mode(programs.archiveScript(data)));
        programs.removeArchiveScript(data);
        assertFalse(programs.hasArchiveScript(data));
        assertEquals(1, Files.list(home.resolve("script")).count());
    }

    @Test
    void another_host_key_is_refused_with_both_fingerprints() throws IOException {
        RealSshd.makeKey(home.resolve("other_key"));
        var other = Files.readString(home.resolve("other_key.pub")).strip();
        var problem = Soon.problemOf(() -> hosts.at(with(other)).majorVersion());
        assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
        assertEquals(2, problem.detail().split("SHA256:", -1).length - 1, problem.detail());
        assertTrue(problem.detail().contains("ssh-keyscan -p " + sshd.port()), problem.detail());
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> hosts.at(with("no key")).majorVersion()).type());
    }

    private static SshLogin with(String hostKey) {
        var login = sshd.login();
        return new SshLogin(login.address(), login.port(), login.user(), hostKey, null);
    }

    @Test
    void another_client_key_is_refused_and_shown_as_the_host_wants_it() throws IOException {
        var file = home.resolve("stranger");
        RealSshd.makeKey(file);
        try (var strangers = new MinaSshHosts(file)) {
            var problem = Soon.problemOf(() -> strangers.at(sshd.login()).majorVersion());
            assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
            assertTrue(
                    problem.detail()
                            .contains(Files.readString(home.resolve("stranger.pub"))
                                    .split(" ")[1]),
                    problem.detail());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            var open = Soon.problemOf(() -> strangers.at(sshd.login()).majorVersion());
            assertTrue(open.detail().contains("chmod 600"), open.detail());
        }
        for (var none : new Path[] {null, home.resolve("absent")}) {
            try (var keyless = new MinaSshHosts(none)) {
                var problem = Soon.problemOf(() -> keyless.at(sshd.login()).majorVersion());
                assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
                assertTrue(problem.detail().contains("PGBOSUN_SSH_KEY_FILE"), problem.detail());
            }
        }
    }

    @Test
    void a_host_that_does_not_answer_is_told_of_within_seconds() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        var login = sshd.login();
        var refusing = new SshLogin("127.0.0.1", closed, login.user(), login.hostKey(), null);
        unreachable(Duration.ofSeconds(3), hosts.at(refusing));
        unreachable(
                Duration.ofSeconds(8),
                hosts.at(new SshLogin("no-such-host.invalid", 22, login.user(), login.hostKey(), null)));

        try (var freezing = RealSshd.at(home.resolve("freezing"), "127.0.0.2", null);
                var others = new MinaSshHosts(freezing.clientKey())) {
            var there = others.at(freezing.login());
            assertFalse(there.exists(home.resolve("absent")));
            freezing.freeze(true);
            unreachable(Duration.ofSeconds(12), there);
            unreachable(Duration.ofSeconds(12), there);
            unreachable(Duration.ofSeconds(1), there);
            freezing.freeze(false);
            Soon.until(Duration.ofSeconds(15), "it is asked again", () -> reaches(there));
            freezing.kill();
            unreachable(Duration.ofSeconds(3), there);
            freezing.start();
            assertFalse(there.exists(home.resolve("absent")), "a new connection is made");
        }
    }

    private static boolean reaches(HostPrograms there) {
        try {
            return !there.exists(home.resolve("absent"));
        } catch (Problem problem) {
            assertEquals(ProblemType.UNREACHABLE, problem.type());
            return false;
        }
    }

    private static void unreachable(Duration within, HostPrograms there) {
        var began = System.nanoTime();
        assertEquals(
                ProblemType.UNREACHABLE,
                Soon.problemOf(() -> there.running(home.resolve("absent"))).type());
        assertTrue(System.nanoTime() - began < within.toNanos());
    }

    @Test
    void a_value_reaches_the_program_as_it_is_and_runs_nothing() throws IOException {
        var mark = home.resolve("was-run");
        var touch = "touch " + mark;
        var name = "it's \"a\" $(" + touch + ") `" + touch + "`; " + touch + "\n* \\ ü";
        var hostile = home.resolve(name).resolve("data");
        programs.initdb(hostile, "postgres", RealPostgres.PASSWORD);
        programs.configure(hostile, Map.of("cluster_name", name));
        assertTrue(Files.exists(hostile.resolve("PG_VERSION")));
        assertEquals(name, programs.settings(hostile).get("cluster_name"));
        programs.remove(hostile);
        assertFalse(Files.exists(hostile));

        var data = home.resolve("hostile/data");
        var password = Secret.of("p'\"$(" + touch + ")\\ü");
        programs.initdb(data, "the `id` boss; id", password);
        var port = programs.freePort();
        programs.configure(data, RealPostgres.settings(port));
        programs.start(data);
        var boss = new Endpoint("127.0.0.1", port, "the `id` boss; id", password, "disable");
        assertEquals(1, new JdbcServers().at(boss).facts().timeline());
        programs.remove(data);
        assertFalse(Files.exists(mark));
    }

    @Test
    void what_is_not_on_the_list_is_not_run() {
        var there = ((ServerPrograms) programs).machine;
        for (var program : List.of("psql", "bash", "../../../../bin/bash", "")) {
            var problem = Soon.problemOf(() -> there.program(program, List.of()).run());
            assertEquals(ProblemType.NOT_POSSIBLE, problem.type());
            assertTrue(problem.detail().contains("none of the programs"), problem.detail());
        }
        var loaded = there.program("pg_ctl", List.of("--version")).with("LD_PRELOAD", "/tmp/x");
        assertEquals(ProblemType.NOT_POSSIBLE, Soon.problemOf(loaded::run).type());
        assertEquals(
                ProblemType.NOT_POSSIBLE,
                Soon.problemOf(() -> programs.remove(Path.of("/var/lib"))).type());
        var login = sshd.login();
        var elsewhere = new SshLogin(login.address(), login.port(), login.user(), login.hostKey(), "/no/such/bin");
        var missing = Soon.problemOf(() -> hosts.at(elsewhere).majorVersion());
        assertEquals(ProblemType.NOT_POSSIBLE, missing.type());
        assertTrue(missing.detail().contains("/no/such/bin"), missing.detail());
    }

    @Test
    void what_older_runs_left_is_ended_and_nothing_else() {
        var operation = UUID.randomUUID();
        var data = home.resolve("waiting/data");
        programs.initdb(data, "postgres", RealPostgres.PASSWORD);
        var older = new Work(operation, 9);
        var newer = new Work(operation, 10);
        var left = Soon.start(() -> older.run(() -> waiting(data)));
        var current = Soon.start(() -> newer.run(() -> waiting(data)));
        Soon.until("both run", () -> marked(older.tag()) && marked(newer.tag()));
        assertTrue(programs.endProcesses(operation, 10) >= 1);
        assertFalse(marked(older.tag()));
        assertTrue(marked(newer.tag()));
        assertEquals(ProblemType.PROGRAM_FAILED, Soon.outcome(left).type());
        newer.end();
        assertEquals(ProblemType.CANCELLED, Soon.outcome(current).type());
        assertEquals(0, programs.endProcesses(operation, 11));
    }

    /** {@code pg_waldump} waits for ever for more. */
    private static void waiting(Path data) {
        var arguments = List.of("--follow", "--quiet", "--path=" + data.resolve("pg_wal"), "--start=0/1000028");
        ((ServerPrograms) programs)
                .machine
                .program("pg_waldump", arguments)
                .run()
                .orThrow();
    }

    private static boolean marked(String tag) {
        return !new LocalProcesses().marked(tag).isEmpty();
    }

    @Test
    void the_key_of_a_forced_command_runs_that_and_nothing_else() throws Exception {
        var launcher = home.resolve("pgbosun-host");
        try (var resource = HostLauncher.class.getResourceAsStream("pgbosun-host")) {
            Files.copy(resource, launcher);
        }
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var forcing = RealSshd.at(home.resolve("forcing"), "127.0.0.1", launcher.toString());
                var others = new MinaSshHosts(forcing.clientKey())) {
            var there = others.at(forcing.login());
            assertEquals(programs.majorVersion(), there.majorVersion());
            var data = home.resolve("forced/data");
            there.initdb(data, "postgres", RealPostgres.PASSWORD);
            there.configure(data, RealPostgres.settings(there.freePort()));
            assertTrue(there.initialized(data), "SFTP works");
            new Work(UUID.randomUUID(), 1).run(() -> there.remove(data));
            assertTrue(ssh(forcing, "id").contains("runs nothing else"));
            assertFalse(ssh(forcing, "bash -c id").contains("uid="));
        }
    }

    private static String ssh(RealSshd sshd, String command) throws IOException {
        var process = new ProcessBuilder(
                        "ssh",
                        "-Fnone",
                        "-oBatchMode=yes",
                        "-oStrictHostKeyChecking=no",
                        "-oUserKnownHostsFile=/dev/null",
                        "-i" + sshd.clientKey(),
                        "-p" + sshd.port(),
                        "127.0.0.1",
                        command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
