package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** The API answered with a problem (RFC 9457): exit code 3. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient JsonNode problem;

    Refused(int status, JsonNode problem) {
        super(problem.path("title").asText("HTTP " + status));
        this.status = status;
        this.problem = problem;
    }

    int status() {
        return status;
    }

    JsonNode problem() {
        return problem;
    }

    /** Whether a moment later the answer may be another one, without any change of the request. */
    boolean isPassing() {
        return status == 502 || status == 503 || status == 504;
    }
}
