package io.pgbosun.bench;

import java.util.Map;

/** How long callers wait at a fixed rate: for the answer to accept, and until the first step of the operation begins. */
final class Latencies {
    private static final String BEGUN = """
            select extract(epoch from percentile_disc(%s) within group (order by begun - created_at)) * 1000
            from operation o, lateral (select min(at) as begun from operation_event e where e.operation = o.id and %s) e
            where o.created_at >= '%s'
            """;

    private static final String CLAIMED = "e.type = 'STATE' and e.data ->> 'state' = 'RUNNING'";
    private static final String STEPS = "e.type = 'STEP'";

    private static final int CLIENTS = 64;
    private static final int RATE = 1_000;
    private static final int FIRST_STEP_RATE = 100;

    private final Stage stage;
    private final Report report;

    Latencies(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void accept() {
        try (var api = stage.service("api")) {
            var load = NoOps.starts(api, CLIENTS);
            var pgbench = Rates.acceptPgbench(stage, api);
            load.closed(stage.seconds(30)); // until nothing is compiled any more, which a slow rate does not reach
            stage.settle();
            load.fixedRate(RATE, stage.seconds(5));
            var limit = pgbench.fixedRate(Postgres.DATABASE, CLIENTS, RATE, stage.seconds(15));
            var outcome = load.fixedRate(RATE, stage.seconds(15));
            report.figure("accept at 1,000/s, pgbench of its SQL: p50", limit.getValueAtPercentile(50) / 1_000.0, "ms");
            report.figure("accept at 1,000/s, pgbench of its SQL: p99", limit.getValueAtPercentile(99) / 1_000.0, "ms");
            report.figure("accept at 1,000/s: p50", outcome.millis(50), "ms");
            report.atMost("accept at 1,000/s: p99", outcome.millis(99), "ms", 10);
        }
    }

    void firstStep() {
        Growth.Queries statements;
        try (var both = stage.service("api,worker")) {
            NoOps.startsAndWaits(both, 32).closed(stage.seconds(30));
            firstStep("accept to first step, one process", both);
            Fill.upTo(stage.postgres(), Postgres.DATABASE, 100);
            statements = Growth.capture(stage, both);
        }
        stage.reset();
        var limit = median(statements.accept()) + median(statements.take());
        report.figure("accept and claim, pgbench of one after the other: p50", limit, "ms");
        stage.reset();
        try (var api = stage.service("api");
                var worker = stage.service("worker")) {
            NoOps.startsAndWaits(api, 32).closed(stage.seconds(30));
            firstStep("accept to first step, two processes", api);
        }
    }

    private void firstStep(String name, Service api) {
        stage.settle();
        var load = NoOps.starts(api, 16);
        load.fixedRate(FIRST_STEP_RATE, stage.seconds(5));
        var since = stage.postgres().value("select now()");
        load.fixedRate(FIRST_STEP_RATE, stage.seconds(15));
        stage.awaitEnds();
        report.figure(name + ", until it is claimed: p50", millis(CLAIMED, "0.5", since), "ms");
        report.atMost(name + ": p50", millis(STEPS, "0.5", since), "ms", 2);
        report.atMost(name + ": p99", millis(STEPS, "0.99", since), "ms", 10);
    }

    void withoutHints() {
        try (var proxy = new DeafProxy(stage.postgres().port());
                var api = stage.service("api");
                var worker = stage.service("worker", Map.of("PGBOSUN_STORE_URL", Stage.storeUrl(proxy.port())))) {
            var load = NoOps.starts(api, 4);
            load.fixedRate(20, stage.seconds(10));
            var since = stage.postgres().value("select now()");
            load.fixedRate(7, stage.seconds(20));
            stage.awaitEnds();
            report.figure("accept to first step, hints lost: p50", millis(STEPS, "0.5", since), "ms");
            report.atMost("accept to first step, hints lost: p99", millis(STEPS, "0.99", since), "ms", 1_100);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** As seldom as the operations come: a machine that dozes between two calls wakes up for each. */
    private static double median(Pgbench statement) {
        return statement
                        .forCallsAt(FIRST_STEP_RATE, Postgres.DATABASE, 1_000, 0)
                        .getValueAtPercentile(50)
                / 1_000.0;
    }

    private double millis(String event, String percentile, String since) {
        return stage.postgres().number(BEGUN.formatted(percentile, event, since));
    }
}
