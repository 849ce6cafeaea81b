package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What a failure of an object store means to a caller. */
final class StoreProblem {
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;
    private static final int FAILED = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int FULL = 507;

    private StoreProblem() {}

    /**
     * The service has answered, and not what was wanted.
     *
     * @param failed a sentence without its end, such as {@code s3://backups/ cannot be listed}
     * @param code the service's own
     */
    static Problem answered(String failed, int status, String code, String message, Exception cause) {
        var said = code + (message.isBlank() ? "" : ": " + message.strip().replaceAll("\\.$", ""));
        var facts = Map.of("status", status, "code", code, "message", message);
        if (status == FULL) {
            return Problem.of(ProblemType.DISK_FULL, failed + ": " + said + "; free some space first.", facts, cause);
        }
        if (comesAgain(status, code)) {
            return Problem.of(ProblemType.UNREACHABLE, failed + ": the service answers " + said + ".", facts, cause);
        }
        return Problem.of(
                ProblemType.NOT_POSSIBLE,
                failed + ": the service refuses with " + said + " (" + status
                        + "). Look whether the place is there, and what its credentials may do.",
                facts,
                cause);
    }

    /** Whether it is the service's own trouble, which passes. */
    static boolean comesAgain(int status, String code) {
        return status == TIMED_OUT
                || status == TOO_MANY
                || (status >= FAILED && status != NOT_IMPLEMENTED)
                || code.equals("RequestTimeout");
    }

    /** The service has not answered, after some tries. */
    static Problem silent(String failed, Exception cause) {
        var reason = reason(cause);
        return Problem.of(
                ProblemType.UNREACHABLE,
                failed + ", the service does not answer: " + reason + ".",
                Map.of("reason", reason),
                cause);
    }

    /** Whether that is what no answer looks like, and no mistake of ours. */
    static boolean isSilence(Throwable failure) {
        return causes(failure)
                .anyMatch(cause -> cause instanceof IOException
                        || cause instanceof TimeoutException
                        || cause instanceof InterruptedException
                        || String.valueOf(cause.getMessage()).startsWith("Timeout on blocking read"));
    }

    /** The innermost cause tells most. */
    private static String reason(Throwable failure) {
        var inner = causes(failure).reduce(failure, (_, next) -> next);
        if (inner instanceof UnknownHostException) {
            return "unknown host " + inner.getMessage();
        }
        return Optional.ofNullable(inner.getMessage())
                .filter(message -> !message.isBlank())
                .map(message -> message.strip().replaceAll("\\.$", ""))
                .orElse(inner.getClass().getSimpleName());
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }

    /** Whether the run of the current thread has ended. */
    static boolean runEnded() {
        return Work.current().map(Work::ended).orElse(false);
    }

    /** The run has ended meanwhile. */
    static Problem ended(String notDone) {
        return Problem.of(ProblemType.CANCELLED, "The run ended: " + notDone + ".");
    }

    static Problem absent(String object) {
        return Problem.of(ProblemType.NOT_FOUND, object + " is not there.", Map.of("object", object));
    }

    static Problem taken(String object) {
        return Problem.of(
                ProblemType.ALREADY_EXISTS,
                object + " is there already, and objects are never replaced; choose another name.",
                Map.of("object", object));
    }
}
