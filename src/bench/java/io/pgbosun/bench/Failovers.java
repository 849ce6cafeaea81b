package io.pgbosun.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * How long nobody can commit, beside Patroni on the same machine, in turn: in switchovers, and after kill -9 of the primary.
 * A failover by pgbosun is ordered, right after the kill; Patroni finds out by itself, which is its job: pgbosun fails over
 * when it is told to.
 */
final class Failovers {
    private final Stage stage;
    private final Report report;
    private final int rounds;

    Failovers(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
        rounds = stage.quick() ? 1 : 5;
    }

    void run() {
        try (var service = stage.service("api,worker");
                var ours = new NativeCluster(stage, service);
                var patronis = new PatroniCluster(stage)) {
            var alone = switchovers(ours, patronis);
            failovers(ours, patronis);
            try (var pooled = patronis.register(service)) {
                var led = new ArrayList<Double>();
                for (var round = 0; round < rounds; round++) {
                    led.add(patronis.switchOver(pooled));
                }
                var median = show("switchover of Patroni's by pgbosun", led);
                report.atMost("switchover of Patroni's: pgbosun / Patroni", median / alone, "ratio", 1);
            }
        } finally {
            stage.postgres()
                    .run("delete from cluster where name in ('%s', '%s')"
                            .formatted(NativeCluster.NAME, PatroniCluster.NAME));
        }
    }

    /** Answers the median of Patroni's. */
    private double switchovers(NativeCluster ours, PatroniCluster patronis) {
        var byUs = new ArrayList<Double>();
        var byPatroni = new ArrayList<Double>();
        for (var round = 0; round < rounds; round++) {
            byUs.add(ours.switchOver());
            byPatroni.add(patronis.switchOver());
        }
        var median = show("switchover by pgbosun", byUs);
        var alone = show("switchover by Patroni", byPatroni);
        report.atMost("switchover: pgbosun / Patroni", median / alone, "ratio", 1);
        return alone;
    }

    private void failovers(NativeCluster ours, PatroniCluster patronis) {
        var inAll = new ArrayList<Double>();
        var fromOrder = new ArrayList<Double>();
        var byPatroni = new ArrayList<Double>();
        for (var round = 0; round < rounds; round++) {
            var failover = ours.failOver();
            inAll.add(failover.withoutCommit());
            fromOrder.add(failover.fromOrder());
            byPatroni.add(patronis.failOver());
        }
        show("failover by pgbosun", inAll);
        var ordered = show("failover by pgbosun, from the order", fromOrder);
        var found = show("failover by Patroni, found out by it", byPatroni);
        report.atMost("failover: pgbosun ordered / Patroni", ordered / found, "ratio", 1);
    }

    /** Tells median and worst; answers the median. */
    private double show(String what, List<Double> millis) {
        var median = Rates.median(millis);
        report.figure(what + ": median", median, "ms");
        report.figure(what + ": worst", millis.stream().max(Double::compare).orElseThrow(), "ms");
        return median;
    }
}
