package io.pgbosun.operation;

import io.pgbosun.access.Caller;
import io.pgbosun.store.Hints;
import jakarta.inject.Singleton;
import java.time.Duration;
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
    private final Hints hints;

    Watch(OperationReader reader, Hints hints) {
        this.reader = reader;
        this.hints = hints;
    }

    /** Waits until the operation has ended, or the time is up, and answers it as it then is. */
    public Operation await(Caller caller, UUID id, Duration atMost) throws InterruptedException {
        var operation = reader.get(caller, id);
        var deadline = System.nanoTime() + atMost.toNanos();
        var woken = new Semaphore(0);
        try (var listening = hints.listen("op:" + id, detail -> woken.release())) {
            while (!reader.done(id)) {
                var left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                woken.tryAcquire(Math.min(left, POLL.toNanos()), TimeUnit.NANOSECONDS);
                woken.drainPermits();
            }
        }
        return operation.done() ? operation : reader.get(caller, id);
    }

    /**
     * Hands every event after the given number to the sink, in order and once, until the operation has ended or the sink
     * wants no more.
     *
     * @param sink answers whether it wants more
     * @param open whether there still is somebody behind the sink, asked also when there is nothing to hand over
     */
    public void follow(Caller caller, UUID id, long after, Predicate<OperationEvent> sink, BooleanSupplier open)
            throws InterruptedException {
        reader.get(caller, id);
        var woken = new Semaphore(0);
        var last = after;
        try (var listening = hints.listen("op:" + id, detail -> woken.release())) {
            while (open.getAsBoolean()) {
                var done = reader.done(id);
                for (var event : reader.events(id, last)) {
                    if (!sink.test(event)) {
                        return;
                    }
                    last = event.number();
                }
                if (done && reader.events(id, last).isEmpty()) {
                    return;
                }
                woken.tryAcquire(POLL.toNanos(), TimeUnit.NANOSECONDS);
                woken.drainPermits();
            }
        }
    }
}
