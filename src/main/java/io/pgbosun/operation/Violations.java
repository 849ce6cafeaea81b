package io.pgbosun.operation;

import io.pgbosun.problem.FieldError;
import io.pgbosun.problem.Problem;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.constraints.AssertTrue;
import java.util.Comparator;
import java.util.Set;

/**
 * Broken rules as a problem. A rule over several fields ({@code @AssertTrue}) names the field to change at the beginning
 * of its message: {@code jobs: must be 1 …}.
 */
public final class Violations {
    private static final String REMEDY = "Change the value and send it again.";

    private Violations() {}

    /** Refuses when there are any. */
    public static <T> void refuse(Set<? extends ConstraintViolation<T>> violations) {
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations.stream()
                    .map(Violations::error)
                    .sorted(Comparator.comparing(FieldError::field))
                    .toList());
        }
    }

    /** The field, its rule and what to do. */
    public static FieldError error(ConstraintViolation<?> violation) {
        var path = violation.getPropertyPath().toString();
        if (violation.getConstraintDescriptor().getAnnotation() instanceof AssertTrue) {
            var named = violation.getMessage().split(": ", 2);
            return new FieldError(path.substring(0, path.lastIndexOf('.') + 1) + named[0], named[1], REMEDY);
        }
        return new FieldError(path, violation.getMessage(), REMEDY);
    }
}
