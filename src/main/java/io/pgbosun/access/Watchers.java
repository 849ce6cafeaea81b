package io.pgbosun.access;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Those who watch or wait for an operation, which takes long and little work: a bounded number in this process, of which
 * one principal may have half.
 */
@Singleton
public final class Watchers {
    private final int most;
    private final int mostOfOne;
    private final Semaphore places;
    private final Map<String, Integer> byPrincipal = new ConcurrentHashMap<>();

    Watchers(@ConfigProperty(name = "pgbosun.watchers", defaultValue = "4000") int most) {
        if (most < 1) {
            throw new IllegalArgumentException("PGBOSUN_WATCHERS must be at least 1; it is " + most);
        }
        this.most = most;
        mostOfOne = Math.max(1, most / 2);
        places = new Semaphore(most);
    }

    /** Takes a place until it is closed; a problem {@code too-many} when there is none. */
    public Place enter(String principal) {
        if (!places.tryAcquire()) {
            throw tooMany("This service has %d watchers, which is all it takes".formatted(most), most);
        }
        if (byPrincipal.merge(principal, 1, Integer::sum) > mostOfOne) {
            leave(principal);
            throw tooMany("'%s' watches %d times, which is all one may".formatted(principal, mostOfOne), mostOfOne);
        }
        return () -> leave(principal);
    }

    private void leave(String principal) {
        byPrincipal.computeIfPresent(principal, (name, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        places.release();
    }

    private static Problem tooMany(String what, int limit) {
        return Problem.of(
                ProblemType.TOO_MANY,
                what + "; close one, or ask for the events with GET instead.",
                Map.of("limit", limit));
    }

    public int watching() {
        return most - places.availablePermits();
    }

    /** A place among those who watch. */
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
