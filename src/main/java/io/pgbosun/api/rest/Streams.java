package io.pgbosun.api.rest;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A stream that a blocking follower fills on a virtual thread of its own, no faster than it is read. */
public final class Streams {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int SLOW_READER_PAUSES = 1_500;

    private Streams() {}

    /** Follows something and hands every item to the sink, until the sink wants no more. */
    public interface Follower<T> {
        void follow(Predicate<T> sink) throws InterruptedException;
    }

    public static <T> Multi<T> of(Follower<T> follower) {
        return Multi.createFrom()
                .emitter(
                        emitter -> Thread.ofVirtual().name("follower").start(() -> run(follower, emitter)),
                        BackPressureStrategy.BUFFER);
    }

    private static <T> void run(Follower<T> follower, MultiEmitter<? super T> emitter) {
        try {
            follower.follow(item -> {
                if (!readable(emitter)) {
                    return false;
                }
                emitter.emit(item);
                return true;
            });
            emitter.complete();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            emitter.complete();
        } catch (RuntimeException e) {
            emitter.fail(e);
        }
    }

    /** Waits for the reader; one that reads nothing for 30 s is cut off, and may come back where it was. */
    private static boolean readable(MultiEmitter<?> emitter) {
        for (var pauses = 0; emitter.requested() <= 0; pauses++) {
            if (emitter.isCancelled() || pauses == SLOW_READER_PAUSES) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return !emitter.isCancelled();
    }
}
