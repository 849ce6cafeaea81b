package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.PrintStream;
import java.time.Duration;

/** Progress on a terminal: one line that is drawn again and again. */
final class ProgressLine implements Display {
    private static final int BAR = 20;
    private static final String SPINNER = "|/-\\";
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream out;
    private final int width;
    private final long began = System.nanoTime();
    private String step = "";
    private String state = "";
    private JsonNode progress = MissingNode.getInstance();
    private int turn;

    ProgressLine(PrintStream out, int width) {
        this.out = out;
        this.width = width;
    }

    @Override
    public void show(JsonNode event) {
        var data = event.path("data");
        switch (event.path("type").asText()) {
            case "STATE" -> state = data.path("state").asText();
            case "STEP" -> {
                step = data.path("step").asText();
                progress = MissingNode.getInstance();
            }
            case "PROGRESS" -> {
                step = data.path("step").asText(step);
                progress = data;
            }
            case "WARNING" -> say("warning: " + data.path("message").asText());
            default -> {}
        }
        draw();
    }

    @Override
    public void tick() {
        turn++;
        draw();
    }

    private void draw() {
        out.print(CLEAR + text(Duration.ofNanos(System.nanoTime() - began)));
        out.flush();
    }

    /** The elapsed time comes first, so that a narrow terminal cuts off what matters least. */
    String text(Duration elapsed) {
        var line = new StringBuilder();
        line.append(gauge()).append(' ').append(Format.duration(elapsed)).append("  ");
        line.append(Format.clean(state.equals("RUNNING") && !step.isEmpty() ? step : state));
        var phase = Format.clean(progress.path("phase").asText(""));
        if (!phase.isEmpty() && !phase.equals(step)) {
            line.append(": ").append(phase);
        }
        line.append(counters());
        return line.length() < width ? line.toString() : line.substring(0, width - 4) + "...";
    }

    /** A percentage only when it was measured; else only a sign of life. */
    private String gauge() {
        if (!progress.path("percent").isNumber()) {
            return "[" + SPINNER.charAt(turn % SPINNER.length()) + "]";
        }
        var percent = Math.clamp(progress.path("percent").asInt(), 0, 100);
        var full = percent * BAR / 100;
        return "[%s%s] %d %%".formatted("#".repeat(full), "-".repeat(BAR - full), percent);
    }

    private String counters() {
        if (!progress.path("done").isNumber()) {
            return "";
        }
        var total = progress.path("total");
        return ", " + amount(progress.path("done").asLong())
                + (total.isNumber() && total.asLong() > 0 ? " of " + amount(total.asLong()) : "");
    }

    private String amount(long number) {
        var unit = progress.path("unit").asText("");
        return unit.equals("bytes") ? Format.size(number) : (Format.count(number) + " " + unit).strip();
    }

    @Override
    public void say(String line) {
        out.print(CLEAR);
        out.println("  " + Format.clean(line));
        draw();
    }

    @Override
    public void close() {
        out.print(CLEAR);
        out.flush();
    }
}
