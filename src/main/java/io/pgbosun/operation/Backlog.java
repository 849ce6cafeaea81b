package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How many operations have not ended, in all lines together. They are bounded, so that a caller gone wild hears of it
 * instead of making everybody wait for days. Looked at once a second at most, so a few more may come in.
 */
@Singleton
class Backlog {
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int RETRY_AFTER_SECONDS = 10;

    private final Store store;
    private final int most;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile long lookedAt = System.nanoTime() - LOOK_NANOS;
    private volatile boolean full;

    Backlog(Store store, @ConfigProperty(name = "pgbosun.operations.active", defaultValue = "100000") int most) {
        if (most < 1) {
            throw new IllegalArgumentException("PGBOSUN_OPERATIONS_ACTIVE must be at least 1; it is " + most);
        }
        this.store = store;
        this.most = most;
    }

    /** Whether there are as many as may be. */
    boolean isFull() {
        if (System.nanoTime() - lookedAt >= LOOK_NANOS && looking.compareAndSet(false, true)) {
            try {
                full = store.one("select 1 as last from operation where ended_at is null offset $1 limit 1", most - 1)
                        .isPresent();
                lookedAt = System.nanoTime();
            } finally {
                looking.set(false);
            }
        }
        return full;
    }

    /** What a caller is told when there are. */
    Problem problem() {
        return Problem.of(
                ProblemType.TOO_MANY,
                "%,d operations have not ended yet, which is as many as may be; come again when some have."
                        .formatted(most),
                Map.of("limit", most, Problem.RETRY_AFTER_SECONDS, RETRY_AFTER_SECONDS));
    }
}
