package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What came of a program's run.
 *
 * @param output the end of its standard output
 * @param errors the end of its standard error
 */
record ProgramOutcome(String program, int exitCode, String output, String errors) {
    private static final int TOLD_LINES = 5;
    private static final String NO_SPACE = "No space left on device";
    private static final Pattern NOT_ANSWERING = Pattern.compile("connection to server [^\\n]* failed: (?!FATAL|ERROR)"
            + "|could not connect|could not translate host name|server closed the connection unexpectedly"
            + "|the database system is (starting|shutting|not yet|in recovery)"
            + "|terminating connection due to administrator command");
    private static final Pattern LOGIN_REFUSED = Pattern.compile("password authentication failed|no password supplied"
            + "|no pg_hba.conf entry|FATAL:  role \"[^\\n]*\" does not exist|is not permitted to log in"
            + "|must be superuser or replication role|server does not support SSL");
    private static final Pattern NO_SLOT_LEFT =
            Pattern.compile("too many clients already|remaining connection slots are reserved"
                    + "|number of requested standby connections exceeds");

    /** Itself when it ended well; else the problem. */
    ProgramOutcome orThrow() {
        if (exitCode == 0) {
            return this;
        }
        throw problem("");
    }

    /** The problem that a failure is, with something more to tell, such as the end of a log. */
    Problem problem(String more) {
        var said = lastLines(errors.isBlank() ? output : errors);
        var all = more.isEmpty() ? said : said + "\n" + lastLines(more);
        // a log may hold what others were refused: it counts for a full disk alone
        var type = all.contains(NO_SPACE) ? ProblemType.DISK_FULL : type(said);
        return Problem.of(type, program + " ended with code " + exitCode + remedy(type) + ": " + all, facts());
    }

    Map<String, Object> facts() {
        return Map.of("program", program, "exitCode", exitCode, "stderr", lastLines(errors));
    }

    /** Lines that tell of a warning. */
    List<String> warnings() {
        return errors.lines().filter(line -> line.contains("warning:")).toList();
    }

    private static ProblemType type(String said) {
        if (LOGIN_REFUSED.matcher(said).find()) {
            return ProblemType.NOT_POSSIBLE;
        }
        if (NOT_ANSWERING.matcher(said).find()) {
            return ProblemType.UNREACHABLE;
        }
        if (NO_SLOT_LEFT.matcher(said).find()) {
            return ProblemType.BUSY;
        }
        return said.contains("did not start in time") || said.contains("does not shut down")
                ? ProblemType.TOO_SLOW
                : ProblemType.PROGRAM_FAILED;
    }

    private static String remedy(ProblemType type) {
        return switch (type) {
            case DISK_FULL -> " since there is no space left; free some first";
            case NOT_POSSIBLE -> " since the login was refused; check the user, the password and pg_hba.conf";
            case UNREACHABLE -> " since the server does not answer; see whether it runs";
            case BUSY -> " since the server has no connection left; try again later";
            default -> "";
        };
    }

    private static String lastLines(String text) {
        var lines = text.strip().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
    }
}
