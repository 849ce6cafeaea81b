package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import java.time.Duration;

/**
 * How long a session may take, and how its statements are sent.
 *
 * @param socketSeconds how long an answer may stay away, 0 for ever
 * @param statement {@code statement_timeout}, zero for none
 * @param lock {@code lock_timeout}, zero for none
 * @param catalogOnly true when the session asks the catalogue alone and must not be led astray by {@code search_path}
 * @param simple true for the simple query protocol, which takes a whole script at once
 */
record Limits(int socketSeconds, Duration statement, Duration lock, boolean catalogOnly, boolean simple) {
    private static final int READ_SECONDS = 30;
    /** Below the limit of the socket, so that the server says that it was too slow instead of falling silent. */
    private static final Duration READ = Duration.ofSeconds(25);

    private static final Duration LOCK = Duration.ofSeconds(60);

    /** A short look at the catalogue. */
    static Limits read() {
        return new Limits(READ_SECONDS, READ, Duration.ZERO, true, false);
    }

    /** A statement that may take long within a run, whose end ends it; outside of any run it must be short. */
    static Limits work() {
        return inRun(LOCK, false);
    }

    static Limits script() {
        return inRun(LOCK, true);
    }

    /** A command that is watched from a second session. */
    static Limits maintenance(Duration lockTimeout) {
        return new Limits(0, Duration.ZERO, lockTimeout, false, false);
    }

    private static Limits inRun(Duration lock, boolean simple) {
        return Work.current().isPresent()
                ? new Limits(0, Duration.ZERO, lock, false, simple)
                : new Limits(READ_SECONDS, READ, lock, false, simple);
    }

    /** As {@code options} of the start of a session, so that no setting of a role or database counts instead. */
    String options() {
        return "-c statement_timeout=" + statement.toMillis() + " -c lock_timeout=" + lock.toMillis()
                + (catalogOnly ? " -c search_path=pg_catalog" : "");
    }
}
