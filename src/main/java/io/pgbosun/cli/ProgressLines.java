package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** Progress for a log: a line for each step that has ended, and for what else is worth one. */
final class ProgressLines implements Display {
    private final PrintStream out;
    private final StepClock clock = new StepClock();

    ProgressLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(JsonNode event) {
        var took = clock.took(event);
        var data = event.path("data");
        switch (event.path("type").asText()) {
            case "STEP" -> step(Format.duration(took), data);
            case "WARNING" -> say("warning: " + data.path("message").asText());
            case "STATE" -> state(data);
            default -> {}
        }
    }

    private void step(String took, JsonNode data) {
        var state = data.path("state").asText();
        if (!state.equals("INTENT")) {
            out.printf("%12s  %s  %s%n", took, Format.clean(data.path("step").asText()), state);
        }
    }

    /** The usual ones need no line: the steps show that it runs, the end is told by others. */
    private void state(JsonNode data) {
        var state = data.path("state").asText();
        switch (state) {
            case "AWAITING_APPROVAL", "SCHEDULED", "CANCELLING", "STUCK" -> {
                var reason = data.path("reason").asText("");
                say(state + (reason.isEmpty() ? "" : ": " + reason));
            }
            default -> {}
        }
    }

    @Override
    public void say(String line) {
        out.printf("%12s  %s%n", "", Format.clean(line));
    }
}
