package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** What became of an operation. */
final class OperationPage {
    private OperationPage() {}

    static boolean succeeded(JsonNode operation) {
        return state(operation).equals("SUCCEEDED");
    }

    static String state(JsonNode operation) {
        return operation.path("state").asText();
    }

    /** From its start to its end, or until now. */
    static Duration lasted(JsonNode operation) {
        var from =
                operation.path("startTime").asText(operation.path("createTime").asText());
        var to = operation.path("endTime").asText(null);
        return from.isEmpty()
                ? Duration.ZERO
                : Duration.between(Instant.parse(from), to == null ? Instant.now() : Instant.parse(to));
    }

    static void print(PrintStream out, JsonNode operation) {
        var id = operation.path("id").asText();
        var ended = operation.path("done").asBoolean();
        out.printf(
                "%s of %s: %s%s (operation %s)%n",
                Format.clean(operation.path("kind").asText()),
                Format.clean(operation.path("target").asText()),
                state(operation),
                ended ? " after " + Format.duration(lasted(operation)) : "",
                id);
        if (operation.path("result").isObject()) {
            Sheet.print(out, operation.path("result"), "  ");
        }
        if (operation.path("problem").isObject()) {
            ProblemPage.print(out, operation.path("problem"));
        } else if (!succeeded(operation)
                && !operation.path("stateReason").asText("").isEmpty()) {
            out.println("  " + Format.clean(operation.path("stateReason").asText()));
        }
        next(out, operation, id);
    }

    private static void next(PrintStream out, JsonNode operation, String id) {
        switch (state(operation)) {
            case "STUCK" ->
                out.println("It waits for a person. Look at what is there, then: " + Cli.NAME + " operations resolve "
                        + id + " --resolution RETRY|SUCCEEDED|FAILED|CANCELLED --evidence '...'");
            case "AWAITING_APPROVAL" ->
                out.println("Another person approves it with: " + Cli.NAME + " operations approve " + id
                        + " --plan-digest " + operation.path("planDigest").asText());
            case "FAILED", "CANCELLED", "EXPIRED" ->
                out.println("What happened: " + Cli.NAME + " operations events " + id + "; once more: " + Cli.NAME
                        + " operations retry " + id);
            case "QUEUED", "RUNNING", "SCHEDULED", "CANCELLING" ->
                out.println("Follow it with: " + Cli.NAME + " operations watch " + id);
            default -> {}
        }
    }
}
