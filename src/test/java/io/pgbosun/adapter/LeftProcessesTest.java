package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.host.Work;
import java.io.File;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeftProcessesTest {
    private static final UUID OPERATION = UUID.randomUUID();
    private static final LeftProcesses LEFT = new LeftProcesses(new LocalProcesses());

    /** Told to end, it starts a last program, as one does that was just about to. */
    private static final String LATE = "trap 'sleep 600 & exit' TERM; echo up; while :; do sleep 0.1; done";

    private static final String PARENT = "sleep 600 & echo up; wait";

    @Test
    void what_a_process_starts_while_it_is_ended_is_ended_too() throws IOException {
        var process = started(LATE, new Work(OPERATION, 3));
        assertEquals('u', process.getInputStream().read());

        assertTrue(LEFT.end(OPERATION, 4) >= 2);
        assertEquals(0, LEFT.end(OPERATION, 4), "none is left");
    }

    @Test
    void a_process_whose_parent_was_killed_is_ended() throws IOException {
        var process = started(PARENT, new Work(OPERATION, 5));
        assertEquals('u', process.getInputStream().read());
        process.destroyForcibly().onExit().join();

        assertEquals(1, LEFT.end(OPERATION, 6));
        assertEquals(0, LEFT.end(OPERATION, 6), "none is left");
    }

    private static Process started(String script, Work work) throws IOException {
        var builder = new ProcessBuilder("/bin/sh", "-c", script)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put(Program.WORK, work.tag());
        return builder.start();
    }
}
