package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** A plan as a person wants to read it before saying yes. */
final class PlanPage {
    private final JsonNode plan;
    private final PrintStream out;

    PlanPage(JsonNode plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    void print() {
        out.printf("Plan: %s of %s. Nothing has been changed.%n", text(plan, "kind"), text(plan, "target"));
        out.printf(
                "Risk %s; cancelling is %s%s.%n",
                text(plan, "risk"),
                text(plan, "cancelEffect"),
                plan.path("needsApproval").asBoolean() ? "; another person must approve it" : "");
        checks();
        steps();
        blastRadius();
        out.println();
        if (isBlocked(plan)) {
            out.println("It would be refused: see the checks that BLOCK.");
        }
        out.println("Digest: " + text(plan, "digest"));
        out.println("Start it with --plan-digest and this digest to have it refused when the facts have changed.");
    }

    static boolean isBlocked(JsonNode plan) {
        for (var check : plan.path("checks")) {
            if (check.path("verdict").asText().equals("BLOCK")) {
                return true;
            }
        }
        return false;
    }

    private void checks() {
        out.println();
        out.println("Checks");
        for (var check : plan.path("checks")) {
            out.printf(
                    "  %-5s  %s: %s (wanted: %s)%n",
                    text(check, "verdict"), text(check, "name"), text(check, "value"), text(check, "threshold"));
            var remedy = text(check, "remedy");
            if (!remedy.isEmpty()) {
                out.println("         " + remedy);
            }
        }
        if (plan.path("checks").isEmpty()) {
            out.println("  none");
        }
    }

    private void steps() {
        out.println();
        out.println("Steps");
        var number = 0;
        for (var step : plan.path("steps")) {
            out.printf("  %2d. %-20s  %s%s%n", ++number, text(step, "effect"), text(step, "name"), notes(step));
        }
    }

    private static String notes(JsonNode step) {
        return (step.path("alreadySo").asBoolean() ? " (is so already)" : "")
                + (step.path("undoneOnFailure").asBoolean() ? " (taken back on failure)" : "");
    }

    private void blastRadius() {
        var radius = plan.path("blastRadius");
        out.println();
        out.println("Locks");
        radius.path("locks").forEach(lock -> out.println("  " + Format.clean(lock.asText())));
        if (radius.path("locks").isEmpty()) {
            out.println("  none");
        }
        if (radius.path("diskBytes").asLong() > 0) {
            out.println(
                    "Disk space needed: " + Format.size(radius.path("diskBytes").asDouble()));
        }
    }

    private static String text(JsonNode node, String field) {
        return Format.clean(node.path(field).asText(""));
    }
}
