package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.net.URI;
import java.util.Map;

/**
 * What Patroni has answered.
 *
 * @param from the REST API that was asked
 */
record PatroniAnswer(URI from, String username, int status, String body) {
    static final int UNAVAILABLE = 503;

    private static final int UNAUTHORIZED = 401;
    private static final int REDIRECTED = 300;
    private static final int FAILED = 500;
    private static final int WORDS = 300;

    /** Itself when what was asked for is done, else a problem. */
    PatroniAnswer done() {
        if (status >= FAILED) {
            throw problem(ProblemType.UNREACHABLE, "Patroni at %s answers %s.".formatted(at(), said()));
        }
        if (status >= REDIRECTED) {
            throw refusal();
        }
        return this;
    }

    /** Patroni will not do it. */
    Problem refusal() {
        if (status != UNAUTHORIZED) {
            return problem(ProblemType.NOT_POSSIBLE, "Patroni at %s refuses with %s.".formatted(at(), said()));
        }
        var who = username == null
                ? "Patroni at %s wants a user name and a password for its REST API, and none were given (%s)."
                : "Patroni at %s refuses user '" + username.replace("%", "%%")
                        + "': the user name or the password of its REST API is wrong (%s).";
        return problem(ProblemType.NOT_POSSIBLE, who.formatted(at(), said()));
    }

    private Problem problem(ProblemType type, String detail) {
        return Problem.of(type, detail, Map.of("status", status, "message", words()));
    }

    private String said() {
        var words = words().replaceAll("\\.$", "");
        return words.isEmpty() ? String.valueOf(status) : status + ": " + words;
    }

    /** Its words without the HTML that some are wrapped in. */
    String words() {
        var plain = body.replaceAll("(?is)<(head|style|script)\\b.*?</\\1>", " ")
                .replaceAll("<[^>]*>", " ")
                .replaceAll("[\\s\\p{Cntrl}]+", " ")
                .strip();
        return plain.length() <= WORDS ? plain : plain.substring(0, WORDS) + "…";
    }

    private String at() {
        return PatroniSession.shown(from);
    }
}
