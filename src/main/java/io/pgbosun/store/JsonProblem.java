package io.pgbosun.store;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import io.pgbosun.problem.Problem;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** What is wrong with JSON that a caller sent, by the name of the field and without a word of our classes. */
public final class JsonProblem {
    private static final String AGAIN = "Change the value and send it again.";
    private static final Map<Class<?>, String> OTHERS = Map.of(
            String.class, "a string", UUID.class, "a UUID", Instant.class, "a time such as 2026-11-20T03:00:00Z");

    private JsonProblem() {}

    /**
     * The problem.
     *
     * @param within the field that the JSON is the value of; empty when it is the whole body
     */
    public static Problem of(JsonMappingException e, String within) {
        var field = field(e, within);
        return switch (e) {
            case PropertyBindingException unknown ->
                Problem.invalid(field, "is not known here", "Leave it out; known are " + known(unknown) + ".");
            case MismatchedInputException mismatched ->
                Problem.invalid(field, rule(mismatched.getTargetType()), remedy(mismatched.getTargetType()));
            default -> Problem.invalid(field, "cannot be read", AGAIN);
        };
    }

    private static String known(PropertyBindingException unknown) {
        return unknown.getKnownPropertyIds().stream()
                .map(String::valueOf)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** What a value of the type must be. */
    public static String rule(Class<?> type) {
        if (type == null) {
            return "must be of another type";
        }
        if (type.isEnum()) {
            return "must be one of " + Arrays.toString(type.getEnumConstants());
        }
        if (type == Boolean.class || type == boolean.class) {
            return "must be true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "must be a whole number within its range";
        }
        if (List.class.isAssignableFrom(type)) {
            return "must be an array";
        }
        return "must be " + OTHERS.getOrDefault(type, "an object");
    }

    public static String remedy(Class<?> type) {
        return type != null && type.isEnum() ? "Choose one of them." : AGAIN;
    }

    private static String field(JsonMappingException e, String within) {
        var path = within
                + e.getPath().stream()
                        .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : "." + at.getFieldName())
                        .collect(Collectors.joining());
        return path.isEmpty() ? "body" : path.startsWith(".") ? path.substring(1) : path;
    }
}
