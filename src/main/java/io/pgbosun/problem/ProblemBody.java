package io.pgbosun.problem;

import java.util.List;
import java.util.Map;

/**
 * A problem as it is written down: answered to a call as {@code application/problem+json} (RFC 9457) and stored in a
 * failed operation in the same shape.
 *
 * @param type the primary identifier
 * @param title what the type means
 * @param status the HTTP status
 * @param detail what happened this time and what to do
 * @param errors what is wrong with which field
 * @param facts what the detail speaks of, for machines
 */
public record ProblemBody(
        String type, String title, int status, String detail, List<FieldError> errors, Map<String, Object> facts) {

    public static ProblemBody of(Problem problem) {
        var type = problem.type();
        return new ProblemBody(
                type.uri(), type.title, type.httpStatus, problem.detail(), problem.errors(), problem.facts());
    }
}
