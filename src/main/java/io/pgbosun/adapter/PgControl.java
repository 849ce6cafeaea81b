package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Starts and ends servers, with {@code pg_ctl}. */
record PgControl(Machine machine) {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration REAPED = Duration.ofSeconds(10);
    private static final Duration HALT = Duration.ofSeconds(5);

    void start(Path dataDirectory) {
        var directory = at(dataDirectory);
        if (directory.postmaster().isPresent() && becomesReady(directory)) {
            return;
        }
        awaitReaped(directory);
        var outcome = control(dataDirectory, "-l", directory.log().toString(), "start");
        if (outcome.exitCode() != 0) {
            throw outcome.problem(directory.logTail());
        }
    }

    /** Of a killed server whose parent takes its time: PostgreSQL's programs take a zombie for a server that runs. */
    static void awaitReaped(DataDirectory directory) {
        long deadline = System.nanoTime() + REAPED.toNanos();
        while (directory.waitsToBeReaped() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * A server that a former run has started may still be recovering; it tells nobody but its own file when it is done.
     * False when it ends instead.
     */
    private static boolean becomesReady(DataDirectory directory) {
        long deadline = System.nanoTime() + START.toNanos();
        while (!directory.ready()) {
            if (directory.postmaster().isEmpty()) {
                return false;
            }
            if (System.nanoTime() > deadline) {
                throw Problem.of(ProblemType.TOO_SLOW, "The server in " + directory.path() + " does not become ready.");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }

    void stop(Path dataDirectory) {
        if (!running(dataDirectory)) {
            return;
        }
        var outcome = control(dataDirectory, "-m", "fast", "stop");
        if (outcome.exitCode() != 0 && running(dataDirectory)) {
            throw outcome.problem("");
        }
    }

    void halt(Path dataDirectory) {
        if (running(dataDirectory)) {
            var stop = List.of("-D", dataDirectory.toString(), "-m", "immediate", "-W", "stop");
            machine.program("pg_ctl", stop).run();
        }
        // a session may outlive a postmaster that was killed, and go on writing
        if (!machine.processes().force(at(dataDirectory).processes(), HALT)) {
            throw Problem.of(ProblemType.TOO_SLOW, "The server in " + dataDirectory + " does not end.");
        }
    }

    /** {@code pg_ctl}, waiting for what it does. */
    private ProgramOutcome control(Path dataDirectory, String... action) {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("-D", dataDirectory.toString(), "-w", "-t", String.valueOf(START.toSeconds())));
        arguments.addAll(List.of(action));
        return machine.program("pg_ctl", arguments).launcher().run();
    }

    private DataDirectory at(Path dataDirectory) {
        return new DataDirectory(machine, dataDirectory);
    }

    private boolean running(Path dataDirectory) {
        return at(dataDirectory).postmaster().isPresent();
    }
}
