package io.pgbosun.api.rest;

import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads query parameters, which all come as text, so that a wrong one is told by name. */
final class Params {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private Params() {}

    static boolean bool(String name, String text, boolean otherwise) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.invalid(name, "must be true or false", "Change the value and send it again.");
        };
    }

    static Boolean optionalBool(String name, String text) {
        return text == null ? null : Boolean.valueOf(bool(name, text, false));
    }

    static Integer integer(String name, String text) {
        if (text != null && !NUMBER.matcher(text).matches()) {
            throw Problem.invalid(
                    name, "must be a whole number that is not negative", "Change the value and send it again.");
        }
        return text == null ? null : (int) Math.min(Long.parseLong(text), Integer.MAX_VALUE);
    }

    static <E extends Enum<E>> E constant(Class<E> type, String name, String text) {
        if (text == null) {
            return null;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(() -> Problem.invalid(
                        name, "must be one of " + Arrays.toString(type.getEnumConstants()), "Choose one of them."));
    }

    /** {@code key=value}, any number of times. */
    static Map<String, String> labels(List<String> texts) {
        var labels = new HashMap<String, String>();
        for (var text : texts == null ? List.<String>of() : texts) {
            var cut = text.indexOf('=');
            if (cut <= 0) {
                throw Problem.invalid(
                        "label",
                        "must be key=value",
                        "Write label=env=production for the label env with the value production.");
            }
            labels.put(text.substring(0, cut), text.substring(cut + 1));
        }
        return labels;
    }

    /** Seconds such as {@code 30} or {@code 30s}; at most a minute. */
    static Duration wait(String text) {
        if (text == null) {
            return Duration.ZERO;
        }
        var digits = text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
        var seconds = digits.length() > 6 ? null : integer("wait", digits);
        if (seconds == null) {
            throw Problem.invalid(
                    "wait", "must be seconds such as 30s", "Ask for 0s to 60s; longer waits are cut at 60 s.");
        }
        var wait = Duration.ofSeconds(seconds);
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    static Page.Request page(String pageSize, String pageToken, Object... filter) {
        return Page.Request.of(integer("pageSize", pageSize), pageToken, Arrays.asList(filter));
    }
}
