package io.pgbosun.bench;

import java.util.ArrayList;
import java.util.List;

/** Measures the built service beside pgbench and prints each figure with its target. */
public final class Bench {
    private static final String USAGE = """
            Usage: ./pgbosun bench [--quick] [--json] [--only PART,...]

              --quick   shorter, less exact
              --json    one JSON object a line
              --only    some parts: %s
            """;

    private Bench() {}

    public static void main(String[] arguments) {
        var only = new ArrayList<String>();
        var quick = false;
        var json = false;
        for (var i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> quick = true;
                case "--json" -> json = true;
                case "--only" -> only.addAll(List.of(arguments[++i].split(",")));
                default -> usage();
            }
        }
        if (!Parts.NAMES.containsAll(only)) {
            usage();
        }
        var report = new Report(json);
        List<String> failed;
        try (var stage = new Stage(quick)) {
            failed = new Parts(stage, report).run(only.isEmpty() ? Parts.NAMES : only);
        }
        var reached = report.print();
        System.exit(reached && failed.isEmpty() ? 0 : 1);
    }

    private static void usage() {
        System.err.printf(USAGE, String.join(", ", Parts.NAMES));
        System.exit(2);
    }
}
