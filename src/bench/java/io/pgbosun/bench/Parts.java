package io.pgbosun.bench;

import java.util.List;

/** The parts of a run, in their order. */
final class Parts {
    static final List<String> NAMES = List.of("get", "list", "accept");

    private final Stage stage;
    private final Report report;

    Parts(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run(List<String> wanted) {
        rates(wanted);
    }

    private void rates(List<String> wanted) {
        try (var service = stage.service("api")) {
            Fill.upTo(stage.postgres(), Postgres.DATABASE, Fill.ROWS);
            var rates = new Rates(stage, report, service);
            for (var part : wanted) {
                switch (part) {
                    case "get" -> rates.get();
                    case "list" -> rates.list();
                    case "accept" -> rates.accept();
                    default -> {}
                }
            }
        }
    }
}
