package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.WalHandover;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WAL on a host that is reached by a real SSH, and the script that waits for it there. */
class WalHandoverTest {
    private static final String SEGMENT = "00000001000000000000000A";
    private static final String OF_ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";

    @TempDir
    Path folder;

    private RealSshd sshd;
    private MinaSshHosts hosts;
    private HostPrograms programs;
    private WalHandover handover;
    private Path data;

    @BeforeEach
    void start() {
        sshd = RealSshd.at(folder.resolve("ssh"));
        hosts = new MinaSshHosts(sshd.clientKey());
        programs = hosts.at(sshd.login());
        data = folder.resolve("it's 100%f");
        handover = programs.walHandover(data);
    }

    @AfterEach
    void stop() {
        hosts.close();
        sshd.close();
    }

    private Path status(String name) {
        return data.resolve("pg_wal/archive_status").resolve(name);
    }

    private Path wal(String name) {
        return data.resolve("pg_wal").resolve(name);
    }

    private void makeData() throws IOException {
        Files.createDirectories(status("none").getParent());
    }

    @Test
    void what_a_server_wants_archived_comes_in_the_order_of_its_archiver() throws IOException {
        assertEquals(List.of(), handover.ready(), "there is no data directory");
        makeData();
        for (var mark : List.of(
                "00000002.history.ready",
                SEGMENT + ".ready",
                "000000010000000000000009.ready",
                "000000010000000000000009.00000028.backup.ready",
                "000000010000000000000008.done")) {
            Files.createFile(status(mark));
        }
        assertEquals(
                List.of(
                        "00000002.history",
                        "000000010000000000000009",
                        "000000010000000000000009.00000028.backup",
                        SEGMENT),
                handover.ready());
    }

    @Test
    void a_file_is_read_to_its_end_or_not_at_all() throws IOException {
        makeData();
        var bytes = new byte[16 << 20];
        new Random(1).nextBytes(bytes);
        Files.write(wal(SEGMENT), bytes);
        try (var content = handover.open(SEGMENT)) {
            assertArrayEquals(bytes, content.readAllBytes());
        }
        try (var content = handover.open("00000001000000000000000B")) {
            var absent = Soon.problemOf(() -> read(content));
            assertEquals(ProblemType.PROGRAM_FAILED, absent.type());
            assertTrue(absent.detail().contains("No such file"), absent.detail());
        }
        try (var content = handover.open(SEGMENT)) {
            assertTrue(content.read() >= 0);
            sshd.cut();
            assertEquals(
                    ProblemType.UNREACHABLE, Soon.problemOf(() -> read(content)).type());
        }
        try (var content = handover.open(SEGMENT)) {
            assertTrue(content.read() >= 0);
        }
        Soon.until(
                "a program that nobody listens to ends",
                () -> ProcessHandle.allProcesses().noneMatch(this::reads));
    }

    @Test
    void what_was_made_another_file_while_it_was_read_is_not_taken() throws IOException {
        makeData();
        Files.write(wal(SEGMENT), new byte[16 << 20]);
        try (var content = handover.open(SEGMENT)) {
            assertEquals(0, content.read());
            Files.move(wal(SEGMENT), wal("00000001000000000000000F"));
            var gone = Soon.problemOf(() -> read(content));
            assertTrue(gone.detail().contains("went while it was read"), gone.detail());
        }
    }

    private boolean reads(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains("cat -- " + wal(SEGMENT)))
                .isPresent();
    }

    private static int read(InputStream content) {
        try {
            return content.readAllBytes().length;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_script_ends_well_for_what_was_answered_with_its_very_bytes_alone() throws Exception {
        makeData();
        Files.writeString(wal(SEGMENT), "one");
        programs.writeArchiveScript(data);
        assertTrue(programs.hasArchiveScript(data));
        assertEquals(Map.of(), handover.answers());
        assertEquals(
                "1 pgbosun: " + SEGMENT
                        + " is not archived: the service has not fetched it yet. See whether it runs, and reaches this host",
                archive());
        var answers = Map.of(SEGMENT, OF_ONE, "00000001000000000000000B", "the disk is full:\nfree some space");
        handover.answer(answers);
        assertEquals(
                Map.of(SEGMENT, OF_ONE, "00000001000000000000000B", "the disk is full: free some space"),
                handover.answers());
        assertEquals("0 ", archive());
        handover.answer(Map.of(SEGMENT, "/srv/wal is there already and is another file"));
        assertEquals(
                "1 pgbosun: " + SEGMENT + " is not archived: /srv/wal is there already and is another file", archive());
        Files.delete(wal(SEGMENT));
        assertTrue(archive().contains("it cannot be read"));
        programs.removeArchiveScript(data);
        assertEquals(Map.of(), handover.answers());
        assertFalse(programs.hasArchiveScript(data));
    }

    @Test
    void a_server_that_stops_does_not_wait() throws Exception {
        makeData();
        Files.writeString(wal(SEGMENT), "one");
        programs.writeArchiveScript(data);
        Files.writeString(data.resolve("postmaster.pid"), "4711\n" + data + "\n1\n5432\n\n\n0 0\nstopping\n");
        var began = System.nanoTime();
        assertEquals("143 ", archive());
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(3));
        handover.answer(Map.of(SEGMENT, OF_ONE));
        assertEquals("0 ", archive(), "what is archived already is");
        Files.writeString(wal(SEGMENT), "two");
        assertEquals("143 ", archive(), "the answer is of other bytes");
    }

    /** As the archiver runs it; its exit code and what it says. */
    private String archive() throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        programs.archiveScript(data).toString(), "pg_wal/" + SEGMENT, "/some/archive/" + SEGMENT)
                .directory(data.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        var lines = said.strip().lines().toList();
        return process.exitValue() + " " + (lines.isEmpty() ? "" : lines.getLast());
    }
}
