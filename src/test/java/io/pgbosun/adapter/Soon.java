package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting in tests, for what happens in another session. Benchmarks use it too, without JUnit. */
public final class Soon {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Soon() {}

    public static void until(String what, Callable<Boolean> happened) {
        until(LIMIT, what, happened);
    }

    public static void until(Duration atMost, String what, Callable<Boolean> happened) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!now(happened)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("within " + atMost + " not seen: " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static boolean now(Callable<Boolean> happened) {
        try {
            return happened.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Runs it on a virtual thread; the outcome is the problem it ended with, or null. */
    static CompletableFuture<Problem> start(Runnable body) {
        var outcome = new CompletableFuture<Problem>();
        Thread.startVirtualThread(() -> {
            try {
                body.run();
                outcome.complete(null);
            } catch (Problem problem) {
                outcome.complete(problem);
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    static Problem outcome(CompletableFuture<Problem> running) {
        return running.orTimeout(LIMIT.toSeconds() + 5, TimeUnit.SECONDS).join();
    }

    public static Problem problemOf(Runnable body) {
        try {
            body.run();
        } catch (Problem problem) {
            return problem;
        }
        throw new AssertionError("no problem");
    }
}
