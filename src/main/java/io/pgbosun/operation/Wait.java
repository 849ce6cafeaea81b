package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody tells of, looking less and less often. */
public final class Wait {
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(5).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private Wait() {}

    /** Waits for so long at most. */
    public static void until(String name, Duration atMost, BooleanSupplier condition) {
        until(name, atMost, condition, () -> {});
    }

    /** Waits for so long at most; {@code meanwhile} throws when the waiting is to end. */
    static void until(String name, Duration atMost, BooleanSupplier condition, Runnable meanwhile) {
        var deadline = System.nanoTime() + atMost.toNanos();
        var pause = FIRST_PAUSE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= deadline) {
                throw Problem.of(
                        ProblemType.TOO_SLOW, "'" + name + "' did not come within " + atMost.toSeconds() + " s.");
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
            meanwhile.run();
        }
    }
}
