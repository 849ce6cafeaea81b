package io.pgbosun.bench;

import java.sql.SQLException;

/** Operations a second from claim to end, each with three journalled steps. */
final class Throughput {
    private final Stage stage;
    private final Report report;

    Throughput(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    /** One process accepts while the worker stands still; then the worker goes at what has come together. */
    void drain() {
        try (var api = stage.service("api");
                var worker = stage.service("worker")) {
            NoOps.startsAndWaits(api, 64).closed(stage.seconds(60)); // until nothing is compiled any more
            var load = NoOps.starts(api, 32);
            var rate = 0.0;
            for (var round = 0; round < 2; round++) { // the first one warms up what only a drain does
                stage.settle();
                worker.signal("STOP");
                var since = stage.postgres().value("select now()");
                load.closed(stage.seconds(6));
                worker.signal("CONT");
                stage.awaitEnds();
                rate = stage.postgres().number("""
                        select count(*) / extract(epoch from max(ended_at) - min(started_at)) from operation where created_at >= '%s'
                        """.formatted(since));
            }
            report.atLeast("no-op operations with three steps", rate, "/s", 2_500);
        }
    }

    /** What a forgotten transaction on the control database costs. */
    void snapshot() {
        try (var both = stage.service("api,worker")) {
            var load = NoOps.startsAndWaits(both, 64);
            load.closed(stage.seconds(20));
            var normal = rate(load, stage.seconds(15));
            try (var forgotten = stage.postgres().open(Postgres.DATABASE);
                    var session = forgotten.createStatement()) {
                session.execute("begin isolation level repeatable read");
                session.execute("select 1");
                load.closed(stage.seconds(60) - stage.seconds(15));
                var pinned = rate(load, stage.seconds(15));
                report.figure("with an idle snapshot: normal rate", normal, "/s");
                report.figure("with an idle snapshot of %d s: rate".formatted(stage.seconds(60)), pinned, "/s");
                report.atLeast("with an idle snapshot: share of the normal rate", pinned / normal, "", 0.5);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static double rate(HttpLoad load, int seconds) {
        return load.closed(seconds).perSecond() / 2; // a start and a wait for each operation
    }
}
