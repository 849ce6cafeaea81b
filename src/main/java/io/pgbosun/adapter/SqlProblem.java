package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.postgresql.util.PSQLException;

/** What a failure of a session means to a caller, by its SQLSTATE. */
final class SqlProblem {
    /** What the driver says of a login it cannot or may not go on with. */
    private static final String CONNECTION_REJECTED = "08004";

    private SqlProblem() {}

    /** The problem; any failure of a session that was ended with its run is {@code cancelled}. */
    static Problem of(SQLException e, Endpoint endpoint, boolean ended) {
        if (ended) {
            return Problem.of(
                    ProblemType.CANCELLED, "The session at " + endpoint.display() + " was ended with its run.", e);
        }
        var state = Objects.requireNonNullElse(e.getSQLState(), "");
        var message = message(e);
        var type = type(state, message);
        return Problem.of(type, detail(type, endpoint, message), facts(endpoint, state, message), e);
    }

    private static ProblemType type(String state, String message) {
        if (message.contains("No space left on device")) {
            return ProblemType.DISK_FULL;
        }
        return switch (state) {
            case CONNECTION_REJECTED -> ProblemType.NOT_POSSIBLE;
            case "57P01", "57P02", "57P03" -> ProblemType.UNREACHABLE;
            case "57014" -> ProblemType.TOO_SLOW;
            // a lock not won in time, an object in use by others, no connection slot left
            case "55P03", "55006", "53300" -> ProblemType.BUSY;
            case "53100" -> ProblemType.DISK_FULL;
            default ->
                state.startsWith("08")
                        ? ProblemType.UNREACHABLE
                        : state.startsWith("28") ? ProblemType.NOT_POSSIBLE : ProblemType.PROGRAM_FAILED;
        };
    }

    private static String detail(ProblemType type, Endpoint endpoint, String message) {
        var at = endpoint.display();
        return switch (type) {
            case UNREACHABLE -> "The server at " + at + " does not answer (" + message + "); see whether it runs.";
            case NOT_POSSIBLE ->
                "The server at " + at + ": login refused for user '" + endpoint.username() + "' (" + message
                        + "); check the password, pg_hba.conf and sslmode.";
            case TOO_SLOW -> "A statement at " + at + " was ended before it was done (" + message + ").";
            case BUSY -> "Others are in the way at " + at + " (" + message + "); try again when they have ended.";
            case DISK_FULL -> "The server at " + at + " has no space left (" + message + "); free some first.";
            default -> "The server at " + at + " says: " + message + ".";
        };
    }

    private static Map<String, String> facts(Endpoint endpoint, String state, String message) {
        return Map.of("server", endpoint.display(), "sqlstate", state, "message", message);
    }

    /** The server's primary message; the driver's own when the server said nothing. */
    static String message(SQLException e) {
        var said = e instanceof PSQLException failure ? failure.getServerErrorMessage() : null;
        var message = said == null ? e.getMessage() : said.getMessage();
        return Objects.requireNonNullElse(message, "no message").strip().replaceFirst("\\.$", "");
    }
}
