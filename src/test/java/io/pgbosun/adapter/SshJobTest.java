package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What outlasts the connection and the service, tried on base backups that wait for the source's checkpoint. */
class SshJobTest {
    private static RealPostgres source;
    private static RealSshd sshd;

    private final UUID operation = UUID.randomUUID();
    private MinaSshHosts hosts;
    private Path data;

    @BeforeAll
    static void start() {
        source = RealPostgres.start();
        sshd = RealSshd.at(source.home.resolve("ssh"));
    }

    @AfterAll
    static void stop() {
        sshd.close();
        source.close();
    }

    @BeforeEach
    void holdTheSource() {
        hosts = new MinaSshHosts(sshd.clientKey());
        data = source.home.resolve(operation.toString()).resolve("data");
        source.server.createSlot(slot());
        checkpointer("-STOP");
    }

    @AfterEach
    void letItGo() {
        checkpointer("-CONT");
        SshJobTest.end(operation);
        hosts.close();
    }

    private static void end(UUID operation) {
        try (var others = new MinaSshHosts(sshd.clientKey())) {
            new Work(operation, 99).run(() -> others.at(sshd.login()).remove(source.home.resolve("nothing/there")));
        }
    }

    private String slot() {
        return "s" + operation.toString().replace("-", "");
    }

    private static void checkpointer(String signal) {
        try {
            var pid = source.ask("postgres", "select pid from pg_stat_activity where backend_type = 'checkpointer'");
            new ProcessBuilder("kill", signal, pid).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private CompletableFuture<Problem> backup(MinaSshHosts hosts, Work work) {
        var there = hosts.at(sshd.login());
        work.comesTo("copy the primary");
        return Soon.start(() -> work.run(() -> there.baseBackup(source.endpoint, data, slot())));
    }

    private List<Long> running() {
        return ProcessHandle.allProcesses()
                .filter(process -> isOurs(process.pid()))
                .map(ProcessHandle::pid)
                .sorted()
                .toList();
    }

    private boolean isOurs(long pid) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid), "environ"))
                            .contains("PGBOSUN_JOB=" + operation)
                    && Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"))
                            .startsWith("/usr/lib/postgresql");
        } catch (IOException gone) {
            return false;
        }
    }

    private List<Long> waitForIt() {
        Soon.until("it runs", () -> !running().isEmpty());
        return running();
    }

    private static List<Path> jobs() {
        try (var jobs = Files.list(sshd.home().resolve(".pgbosun/jobs"))) {
            return jobs.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Problem outcome(CompletableFuture<Problem> running) {
        return running.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Test
    void a_base_backup_goes_on_when_the_connection_is_cut() {
        var backup = backup(hosts, new Work(operation, 1));
        var started = waitForIt();
        sshd.cut();
        sshd.kill();
        assertEquals(started.getFirst(), running().getFirst());
        sshd.start();
        assertFalse(backup.isDone());
        assertEquals(started.getFirst(), running().getFirst());
        checkpointer("-CONT");
        assertNull(outcome(backup));
        assertTrue(hosts.at(sshd.login()).initialized(data));
        assertEquals(List.of(), jobs(), "what was told is forgotten");
    }

    @Test
    void a_later_run_finds_what_a_killed_service_has_started() {
        var killed = new Work(operation, 1);
        var first = backup(hosts, killed);
        var started = waitForIt();
        killed.leave();
        assertEquals(ProblemType.CANCELLED, outcome(first).type());
        hosts.close();
        assertEquals(started, running(), "what another run can go on with goes on");

        try (var others = new MinaSshHosts(sshd.clientKey())) {
            assertEquals(0, others.at(sshd.login()).endProcesses(operation, 2), "it carries no mark of a run");
            assertEquals(0, source.server.endSessions(operation, 2), "and its sessions do not");
            var second = backup(others, new Work(operation, 2));
            checkpointer("-CONT");
            assertNull(outcome(second));
            assertTrue(Files.exists(data.resolve("PG_VERSION")));
        }
    }

    @Test
    void one_that_has_ended_meanwhile_is_not_started_again() {
        var killed = new Work(operation, 1);
        var first = backup(hosts, killed);
        waitForIt();
        killed.leave();
        outcome(first);
        checkpointer("-CONT");
        Soon.until(Duration.ofSeconds(20), "it ends", () -> running().isEmpty());
        checkpointer("-STOP");
        assertNull(outcome(backup(hosts, new Work(operation, 2))), "with the source held it could not be made again");
        assertTrue(Files.exists(data.resolve("PG_VERSION")));
    }

    @Test
    void one_that_has_failed_is_told_once_and_then_started_anew() {
        var work = new Work(operation, 1);
        checkpointer("-CONT");
        source.server.dropSlot(slot());
        var failed = outcome(backup(hosts, work));
        assertEquals(ProblemType.PROGRAM_FAILED, failed.type());
        assertTrue(failed.detail().contains("does not exist"), failed.detail());
        source.server.createSlot(slot());
        assertNull(outcome(backup(hosts, work)));
    }

    @Test
    void a_cancel_ends_it_with_all_its_processes() {
        var work = new Work(operation, 1);
        var backup = backup(hosts, work);
        waitForIt();
        work.end();
        assertEquals(ProblemType.CANCELLED, outcome(backup).type());
        assertEquals(List.of(), running());
        assertEquals(List.of(), jobs());
    }

    @Test
    void removing_a_directory_ends_what_the_operation_has_left_there() {
        var work = new Work(operation, 1);
        var backup = backup(hosts, work);
        waitForIt();
        work.leave();
        outcome(backup);
        new Work(UUID.randomUUID(), 1).run(() -> hosts.at(sshd.login()).remove(source.home.resolve("another/one")));
        assertFalse(running().isEmpty(), "another operation's is left alone");
        new Work(operation, 2).run(() -> hosts.at(sshd.login()).remove(data));
        assertEquals(List.of(), running());
        assertFalse(Files.exists(ServerPrograms.aside(data, ServerPrograms.BASEBACKUP)));
    }

    @Test
    void one_that_was_killed_is_told_as_failed() throws IOException {
        var backup = backup(hosts, new Work(operation, 1));
        var wrapper =
                ProcessHandle.of(waitForIt().getFirst()).orElseThrow().parent().orElseThrow();
        wrapper.destroyForcibly();
        ProcessHandle.of(running().getFirst()).ifPresent(ProcessHandle::destroyForcibly);
        assertEquals(ProblemType.PROGRAM_FAILED, outcome(backup).type());
    }

    @Test
    void old_ones_are_swept() throws IOException {
        var old = Files.createDirectories(sshd.home().resolve(".pgbosun/jobs").resolve(UUID.randomUUID() + "-ab"));
        var week = FileTime.from(Instant.now().minus(Duration.ofDays(8)));
        Files.setLastModifiedTime(old, week);
        checkpointer("-CONT");
        assertNull(outcome(backup(hosts, new Work(operation, 1))));
        assertFalse(Files.exists(old));
    }

    @Test
    void outside_of_any_run_it_is_an_ordinary_program() {
        checkpointer("-CONT");
        hosts.at(sshd.login()).baseBackup(source.endpoint, data, slot());
        assertTrue(Files.exists(data.resolve("PG_VERSION")));
    }
}
