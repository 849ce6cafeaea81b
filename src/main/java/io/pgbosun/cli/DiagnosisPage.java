package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** A diagnosis as a person wants to read it: the verdicts, then what was seen and what to do. */
final class DiagnosisPage {
    private DiagnosisPage() {}

    static void print(PrintStream out, JsonNode diagnosis) {
        for (var check : diagnosis.path("checks")) {
            out.printf(
                    "%-4s  %-2s  %s (%s looked at)%n",
                    text(check, "verdict"),
                    text(check, "id"),
                    text(check, "title"),
                    Format.count(check.path("examinedCount").asLong()));
            for (var finding : check.path("findings")) {
                out.printf("        %s %s%n", text(finding, "verdict"), text(finding, "subject"));
                out.printf("          seen: %s%n", text(finding, "seen"));
                out.printf("          do:   %s%n", text(finding, "remedy"));
            }
            if (check.path("moreCount").asInt() > 0) {
                out.printf("        and %d more%n", check.path("moreCount").asInt());
            }
        }
        out.println();
        out.println(summary(diagnosis));
    }

    private static String text(JsonNode node, String field) {
        return Format.clean(node.path(field).asText());
    }

    private static String summary(JsonNode diagnosis) {
        var failed = 0;
        var warned = 0;
        for (var check : diagnosis.path("checks")) {
            failed += check.path("verdict").asText().equals("FAIL") ? 1 : 0;
            warned += check.path("verdict").asText().equals("WARN") ? 1 : 0;
        }
        if (failed + warned == 0) {
            return "All %d invariants hold.".formatted(diagnosis.path("checks").size());
        }
        return "%d of %d invariants fail, %d want a look."
                .formatted(failed, diagnosis.path("checks").size(), warned);
    }
}
