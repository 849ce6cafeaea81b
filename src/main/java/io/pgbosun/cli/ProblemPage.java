package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** A problem as a person wants to read it: what is wrong, with which field, and what to do. */
final class ProblemPage {
    private ProblemPage() {}

    static void print(PrintStream out, JsonNode problem) {
        out.println(Format.clean(problem.path("title").asText("Refused")) + ".");
        if (!isRepeated(problem)) {
            line(out, "  ", problem.path("detail"));
        }
        for (var error : problem.path("errors")) {
            out.println("  " + Format.clean(error.path("field").asText()) + ": "
                    + Format.clean(error.path("rule").asText()));
            line(out, "      ", error.path("remedy"));
        }
        for (var fact : problem.path("facts").properties()) {
            if (fact.getValue().isArray() && fact.getValue().path(0).isObject()) {
                Sheet.print(out, problem.path("facts"), "  ");
                return;
            }
        }
    }

    /** The detail of field errors is the first of them once more. */
    private static boolean isRepeated(JsonNode problem) {
        var error = problem.path("errors").path(0);
        var rule = error.path("field").asText() + ": " + error.path("rule").asText();
        return !problem.path("errors").isEmpty()
                && problem.path("detail").asText("").startsWith(rule);
    }

    private static void line(PrintStream out, String indent, JsonNode text) {
        if (!text.asText("").isBlank()) {
            out.println(indent + Format.clean(text.asText()));
        }
    }
}
