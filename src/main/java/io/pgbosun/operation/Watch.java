package io.pgbosun.operation;

import io.pgbosun.access.Caller;
import io.pgbosun.store.Hints;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Follows operations: hints wake it, a slow poll is the safety net, and event numbers let a watcher go on where it was. */
@Singleton
public final class Watch {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final OperationReader reader;
    private final Events events;
    private final Hints hints;

    Watch(OperationReader reader, Events events, Hints hints) {
        this.reader = reader;
        this.events = events;
        this.hints = hints;
    }

    /** Waits until the operation has ended, or the time is up, and answers it as it then is. */
    public Operation await(Caller caller, UUID id, Duration atMost) throws InterruptedException {
        var operation = reader.get(caller, id);
        if (operation.done() || !atMost.isPositive()) {
            return operation;
        }
        var deadline = System.nanoTime() + atMost.toNanos();
        var woken = new Semaphore(1); // what happened before we listened is seen by the first look
        try (var listening = hints.listen("op:" + id, detail -> woken.release())) {
            for (var left = atMost.toNanos(); left > 0; left = deadline - System.nanoTime()) {
                woken.tryAcquire(Math.min(left, POLL.toNanos()), TimeUnit.NANOSECONDS);
                woken.drainPermits();
                if (events.after(id, Long.MAX_VALUE - 1).last()) {
                    break;
                }
            }
        }
        return reader.get(caller, id);
    }

    /**
     * Hands every event after the given number to the sink, in order and once, those that came together at once, until the
     * operation has ended or the sink wants no more.
     *
     * @param sink answers whether it wants more
     * @param open whether there still is somebody behind the sink, asked also when there is nothing to hand over
     */
    public void follow(Caller caller, UUID id, long after, Predicate<List<OperationEvent>> sink, BooleanSupplier open)
            throws InterruptedException {
        reader.get(caller, id);
        var woken = new Semaphore(0);
        var newest = after;
        try (var listening = hints.listen("op:" + id, detail -> woken.release())) {
            while (open.getAsBoolean()) {
                var seen = events.after(id, newest);
                var none = seen.events().isEmpty();
                if (!none && !sink.test(seen.events()) || seen.last()) {
                    return;
                }
                newest = none ? newest : seen.events().getLast().number();
                if (seen.events().size() < Events.MOST) {
                    woken.tryAcquire(POLL.toNanos(), TimeUnit.NANOSECONDS);
                    woken.drainPermits();
                }
            }
        }
    }
}
