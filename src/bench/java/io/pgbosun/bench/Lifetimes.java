package io.pgbosun.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.IntStream;

/** Start, memory, and what follows a sudden death. */
final class Lifetimes {
    private static final double LEASE_SECONDS = 10;

    private final Stage stage;
    private final Report report;

    Lifetimes(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    /** A worker at work is killed; another one takes the operation up; then that one is killed. */
    void takeover() {
        try (var api = stage.service("api")) {
            var worker = stage.service("worker");
            var id = NoOps.id(api.post(NoOps.path(0), "{\"steps\":1,\"stepMillis\":60000}"));
            var worst = 0.0;
            for (var epoch = 2; epoch <= (stage.quick() ? 2 : 4); epoch++) {
                awaitEpoch(id, epoch - 1);
                var next = stage.service("worker");
                Service.pause(epoch * 700L); // at different moments between two heartbeats
                var killed = Instant.now();
                worker.close();
                awaitEpoch(id, epoch);
                worst = Math.max(worst, stage.postgres().number("""
                        select extract(epoch from max(at) - '%s'::timestamptz) from operation_event
                        where operation = '%s' and type = 'STATE'
                        """.formatted(killed, id)));
                worker = next;
            }
            worker.close();
            report.atMost("taking over after kill -9, the slowest", worst, "s", LEASE_SECONDS + 1);
        }
    }

    private void awaitEpoch(String id, int epoch) {
        stage.await(
                "epoch " + epoch,
                () -> stage.postgres()
                                .number(
                                        "select count(*) from operation where id = '%s' and state = 'RUNNING' and lease_epoch = %d"
                                                .formatted(id, epoch))
                        == 1);
    }

    void start() {
        stage.service("api,worker").close(); // the schema is there from now on
        var starts = new ArrayList<Double>();
        for (var round = 0; round < 3; round++) {
            try (var service = stage.service("api,worker")) {
                starts.add(service.startMillis() / 1_000);
            }
        }
        report.atMost("start to ready", Rates.median(starts), "s", 2);
    }

    void memory() {
        try (var both = stage.service("api,worker")) {
            Fill.upTo(stage.postgres(), Postgres.DATABASE, Fill.ROWS);
            Service.pause(3_000);
            report.figure("memory idle", both.memory("VmRSS"), "MB");
            var seconds = stage.seconds(8);
            NoOps.startsAndWaits(both, 64).closed(seconds);
            var paths = IntStream.range(0, 1_000)
                    .mapToObj(i -> "/v1/operations/" + Fill.id(i * 7))
                    .toList();
            H2load.gets(stage, both, "get", paths).perSecond(64, seconds);
            H2load.gets(stage, both, "list", java.util.List.of("/v1/operations?pageSize=50"))
                    .perSecond(64, seconds);
            NoOps.starts(both, 64).closed(seconds);
            report.atMost("memory at most, under full load", both.memory("VmHWM"), "MB", 400);
        }
    }
}
