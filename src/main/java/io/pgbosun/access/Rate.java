package io.pgbosun.access;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.util.Map;

/**
 * Where a caller stands with its rate of requests.
 *
 * @param limit how many may come at once; 0 without a limit
 * @param remaining how many more may come now
 * @param resetSeconds until as many as at first may come
 * @param retryAfterSeconds until one more may come, when this one may not; else 0
 */
public record Rate(long limit, long remaining, long resetSeconds, long retryAfterSeconds) {
    static final Rate UNLIMITED = new Rate(0, 0, 0, 0);

    public boolean limited() {
        return limit > 0;
    }

    /** Refuses when there were too many. */
    public void require() {
        if (retryAfterSeconds > 0) {
            throw Problem.of(
                    ProblemType.TOO_MANY,
                    "Too many requests; slow down and come again in %d s.".formatted(retryAfterSeconds),
                    Map.of("limit", limit, Problem.RETRY_AFTER_SECONDS, retryAfterSeconds));
        }
    }
}
