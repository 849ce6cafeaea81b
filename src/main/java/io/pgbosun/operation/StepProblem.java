package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.problem.ProblemType;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What went wrong with a step, in words. */
final class StepProblem {
    private static final Logger LOG = Logger.getLogger(StepProblem.class);

    private StepProblem() {}

    static Problem bug(UUID operation, String step, RuntimeException e) {
        LOG.errorf(e, "operation %s, step '%s'", operation, step);
        return Problem.of(
                ProblemType.BUG,
                "A bug in pgbosun stopped the step '%s'; the service's log tells more under this operation's id."
                        .formatted(step),
                e);
    }

    static ProblemBody notUndone(String step, ProblemBody why, Problem problem) {
        return ProblemBody.of(Problem.of(
                problem.type(),
                "Failed (%s) and could not take back '%s': %s It will be tried again; or resolve it by hand."
                        .formatted(why.detail(), step, problem.detail())));
    }

    static ProblemBody unknown(String step, ProblemBody why, Problem problem) {
        return ProblemBody.of(Problem.of(
                problem.type(),
                "Failed (%s), and it cannot be found out whether '%s' was done all the same: %s It is looked at again; or resolve it by hand."
                        .formatted(why.detail(), step, problem.detail())));
    }

    static Problem didNotTake(String step) {
        return Problem.of(ProblemType.PROGRAM_FAILED, "'" + step + "' was done but did not take.");
    }
}
