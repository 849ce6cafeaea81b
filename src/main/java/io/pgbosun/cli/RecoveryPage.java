package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The window of recovery as a picture: a line for each interval, and one for each hole between them. */
final class RecoveryPage {
    private static final int NAMED = 3;
    private static final String WHOLE = "======";
    private static final String HOLE = "  --  ";

    private RecoveryPage() {}

    private record Line(String from, String text) {}

    static void print(PrintStream out, JsonNode found) {
        var repository = found.path("repository").asText("");
        out.println(found.path("cluster").asText() + ": "
                + (repository.isEmpty()
                        ? "its WAL is not archived; './pgbosun wal enable' begins"
                        : "WAL in repository " + repository));
        if (found.path("intervals").isEmpty()) {
            out.println("  nothing can be recovered yet: a physical backup and the WAL since then are needed");
        }
        lines(found).forEach(line -> out.println("  " + line.text()));
        current(out, found.path("current"));
        reach(out, found.path("reach"));
    }

    private static List<Line> lines(JsonNode found) {
        var lines = new ArrayList<Line>();
        found.path("intervals")
                .forEach(interval -> lines.add(new Line(
                        interval.path("from").asText(),
                        "%s  %s .. %s  timeline %d, from backup %s"
                                .formatted(
                                        WHOLE,
                                        time(interval, "from"),
                                        time(interval, "to"),
                                        interval.path("timeline").asInt(),
                                        interval.path("backup").asText()))));
        found.path("holes")
                .forEach(hole -> lines.add(new Line(
                        hole.path("from").asText(),
                        "%s  %s .. %s  missing: %s"
                                .formatted(HOLE, time(hole, "from"), time(hole, "to"), missing(hole)))));
        lines.sort(Comparator.comparing(Line::from)); // a hole begins no earlier than the interval before it
        return lines;
    }

    private static String missing(JsonNode hole) {
        var names = new ArrayList<String>();
        hole.path("missing").forEach(name -> names.add(name.asText()));
        var more = hole.path("missingCount").asLong() - Math.min(NAMED, names.size());
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (more > 0 ? " and %d more".formatted(more) : "");
    }

    /** As it is sent back with {@code --at}, to the second. */
    private static String time(JsonNode of, String field) {
        var text = of.path(field).asText("");
        return text.isEmpty() || text.equals("null") ? "(not again)" : text.replaceFirst("[.]\\d+Z$", "Z");
    }

    private static void current(PrintStream out, JsonNode current) {
        if (current.isObject()) {
            out.println("  current: RPO %s, %s not archived"
                    .formatted(
                            Format.value("rpoSeconds", current.path("rpoSeconds")),
                            Format.value("lagBytes", current.path("lagBytes"))));
        }
    }

    private static void reach(PrintStream out, JsonNode reach) {
        if (!reach.isObject()) {
            return;
        }
        var at = reach.path("at").asText();
        if (reach.path("reachable").asBoolean()) {
            out.println("  %s can be reached, from backup %s"
                    .formatted(at, reach.path("backup").asText()));
        } else {
            out.println("  %s cannot be reached; the nearest: before %s, after %s"
                    .formatted(at, nearest(reach, "nearestBefore"), nearest(reach, "nearestAfter")));
        }
    }

    private static String nearest(JsonNode reach, String field) {
        return reach.path(field).isTextual() ? reach.path(field).asText() : "none";
    }
}
