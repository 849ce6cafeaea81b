package io.pgbosun.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An error that a caller is told of; the only way to tell a caller of one. */
public final class Problem extends RuntimeException {
    /** The fact that says when to come again; other retryable problems say {@link #DEFAULT_RETRY_AFTER_SECONDS}. */
    public static final String RETRY_AFTER_SECONDS = "retryAfterSeconds";

    private static final long DEFAULT_RETRY_AFTER_SECONDS = 2;
    private static final long serialVersionUID = 1;

    private final ProblemType type;
    private final transient List<FieldError> errors;
    private final transient Map<String, Object> facts;

    private Problem(ProblemType type, String detail, List<FieldError> errors, Map<String, ?> facts, Throwable cause) {
        super(detail, cause);
        this.type = type;
        this.errors = List.copyOf(errors);
        this.facts = Map.copyOf(new LinkedHashMap<>(facts));
    }

    /** A problem with a sentence saying what happened and what to do. */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, List.of(), Map.of(), null);
    }

    /** A problem with a sentence and the machine-readable facts it speaks of. */
    public static Problem of(ProblemType type, String detail, Map<String, ?> facts) {
        return new Problem(type, detail, List.of(), facts, null);
    }

    /** A problem with facts that another failure led to; the cause is logged and never told to a caller. */
    public static Problem of(ProblemType type, String detail, Map<String, ?> facts, Throwable cause) {
        return new Problem(type, detail, List.of(), facts, cause);
    }

    /** A problem that another failure led to; the cause is logged and never told to a caller. */
    public static Problem of(ProblemType type, String detail, Throwable cause) {
        return new Problem(type, detail, List.of(), Map.of(), cause);
    }

    /** One field breaks its rule. */
    public static Problem invalid(String field, String rule, String remedy) {
        return invalid(List.of(new FieldError(field, rule, remedy)));
    }

    /** Several fields break their rules; all are told at once. */
    public static Problem invalid(List<FieldError> errors) {
        var first = errors.getFirst();
        var more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
        return new Problem(
                ProblemType.INVALID, first.field() + ": " + first.rule() + more + ".", errors, Map.of(), null);
    }

    public static Problem notFound(String noun, String name) {
        return of(
                ProblemType.NOT_FOUND,
                "There is no " + noun + " '" + name + "', or it may not be seen with this token.",
                Map.of("noun", noun, "name", name));
    }

    public static Problem alreadyExists(String noun, String name) {
        return of(
                ProblemType.ALREADY_EXISTS,
                "There is a " + noun + " '" + name + "' already; choose another name.",
                Map.of("noun", noun, "name", name));
    }

    /** A wait that ended because the service stops; keeps the thread interrupted. */
    public static Problem stopping(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return of(ProblemType.UNREACHABLE, "The service is stopping; try again in a moment.", cause);
    }

    public static Problem notPossible(String detail) {
        return of(ProblemType.NOT_POSSIBLE, detail);
    }

    /** After how many seconds sending the same again can help, when it can at all. */
    public static long retryAfterSeconds(Map<String, ?> facts) {
        return facts.get(RETRY_AFTER_SECONDS) instanceof Number told ? told.longValue() : DEFAULT_RETRY_AFTER_SECONDS;
    }

    public ProblemType type() {
        return type;
    }

    public String detail() {
        return getMessage();
    }

    /** Per-field errors; empty unless the type is {@code invalid}. */
    public List<FieldError> errors() {
        return errors;
    }

    /** Machine-readable facts, such as the id of the operation that is in the way. */
    public Map<String, Object> facts() {
        return facts;
    }
}
