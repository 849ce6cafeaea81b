package io.pgbosun.process;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Callers who start operations one after the other, each again with the same key until it is accepted. It knows when
 * each was accepted, and every answer that was not an acceptance.
 */
final class Load implements AutoCloseable {
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> callers = new ArrayList<>();
    private final ConcurrentLinkedQueue<Accepted> accepted = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Rest.Answer> others = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    private volatile boolean over;
    private volatile boolean toldToLeave;

    /** An operation that was accepted, and when. */
    record Accepted(String operation, long atNanos) {}

    /**
     * Begins.
     *
     * @param pause of each caller between an operation that was accepted and the next
     * @param attempt the service to ask, by whether any answer, or that there was none, has told to leave the first one
     */
    Load(int callerCount, Duration pause, String path, String body, Function<Boolean, Rest> attempt) {
        var number = new AtomicInteger();
        for (int caller = 0; caller < callerCount; caller++) {
            callers.add(threads.submit(() -> {
                while (!over) {
                    start(
                            path,
                            body,
                            "load " + System.identityHashCode(this) + " " + number.incrementAndGet(),
                            attempt);
                    LockSupport.parkNanos(pause.toNanos());
                }
            }));
        }
    }

    private void start(String path, String body, String key, Function<Boolean, Rest> attempt) {
        while (true) {
            try {
                var answer = attempt.apply(toldToLeave).post(path, body, key);
                if (answer.header("Connection")
                        .filter("close"::equalsIgnoreCase)
                        .isPresent()) {
                    toldToLeave = true;
                }
                if (answer.status() == 202) {
                    accepted.add(new Accepted(answer.started(), System.nanoTime()));
                    return;
                }
                others.add(answer);
            } catch (UncheckedIOException e) {
                broken.add(e.getCause().toString());
                toldToLeave = true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    List<Accepted> accepted() {
        return List.copyOf(accepted);
    }

    /** Answers other than an acceptance. */
    List<Rest.Answer> others() {
        return List.copyOf(others);
    }

    /** Requests that got no answer. */
    List<String> broken() {
        return List.copyOf(broken);
    }

    /** How many were accepted within a second, from that moment on. */
    long perSecond(long fromNanos) {
        return accepted.stream()
                .filter(one -> one.atNanos() >= fromNanos && one.atNanos() < fromNanos + 1_000_000_000L)
                .count();
    }

    /** Lets every caller get what it has asked for last. */
    @Override
    public void close() {
        over = true;
        try {
            for (var caller : callers) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.close();
    }
}
