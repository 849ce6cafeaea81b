package io.pgbosun.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured: lines for people as they come and a table at the end, or JSON lines for machines. */
final class Report {
    private final boolean json;
    private final List<Line> lines = new ArrayList<>();

    Report(boolean json) {
        this.json = json;
    }

    /** Whether more or less of it is better. */
    enum Goal {
        AT_LEAST,
        AT_MOST
    }

    private record Line(String name, double value, String unit, Goal goal, Double target) {
        boolean reached() {
            return target == null || (goal == Goal.AT_LEAST ? value >= target : value <= target);
        }

        String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"target\":%s,\"reached\":%s}",
                    name,
                    number(value).replace(",", ""),
                    unit,
                    target == null ? "null" : number(target).replace(",", ""),
                    target == null ? "null" : reached());
        }

        String row() {
            var wanted = target == null ? "" : (goal == Goal.AT_LEAST ? ">= " : "<= ") + number(target);
            var verdict = target == null ? "" : reached() ? "yes" : "NO";
            return String.format(Locale.ROOT, "%-46s %12s %-6s %-10s %s", name, number(value), unit, wanted, verdict)
                    .stripTrailing();
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 1_000 ? "%,.0f" : value >= 100 ? "%.0f" : "%.2f", value);
    }

    void atLeast(String name, double value, String unit, double target) {
        add(new Line(name, value, unit, Goal.AT_LEAST, target));
    }

    void atMost(String name, double value, String unit, double target) {
        add(new Line(name, value, unit, Goal.AT_MOST, target));
    }

    /** A figure without a target. */
    void figure(String name, double value, String unit) {
        add(new Line(name, value, unit, Goal.AT_LEAST, null));
    }

    private void add(Line line) {
        lines.add(line);
        if (json) {
            System.out.println(line.json());
        } else {
            note(line.row());
        }
    }

    /** Tells how the run goes on. */
    static void note(String text) {
        System.err.println(text);
    }

    /** The table; true when all targets are reached. */
    boolean print() {
        if (!json) {
            System.out.printf("%n%-46s %12s %-6s %-10s %s%n", "name", "value", "unit", "target", "reached");
            lines.forEach(line -> System.out.println(line.row()));
            var missed = lines.stream().filter(line -> !line.reached()).count();
            System.out.printf(
                    "%n%d targets, %d not reached%n",
                    lines.stream().filter(line -> line.target() != null).count(), missed);
        }
        return lines.stream().allMatch(Line::reached);
    }
}
