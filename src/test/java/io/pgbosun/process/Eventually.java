package io.pgbosun.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what happens in another process, within bounds generous enough for a busy machine. */
final class Eventually {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Eventually() {}

    static void until(String what, Duration atMost, BooleanSupplier happened) {
        until(() -> what, atMost, PAUSE, happened);
    }

    /** Looks as often as it can: to be there at the moment when it happens. */
    static void closely(String what, Duration atMost, BooleanSupplier happened) {
        until(() -> what, atMost, Duration.ofMillis(1), happened);
    }

    static void until(Supplier<String> what, Duration atMost, Duration pause, BooleanSupplier happened) {
        var deadline = System.nanoTime() + atMost.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what.get());
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }
}
