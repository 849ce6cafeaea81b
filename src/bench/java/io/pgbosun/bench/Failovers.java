package io.pgbosun.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * How long nobody can commit, beside Patroni on the same machine: in switchovers, and after kill -9 of the primary. A
 * failover by pgbosun is ordered, right after the kill; Patroni finds out by itself, which is its job: pgbosun fails over
 * when it is told to.
 */
final class Failovers {
    private final Stage stage;
    private final Report report;
    private final int rounds;
    private double switchover;
    private double failover;

    Failovers(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
        rounds = stage.quick() ? 1 : 5;
    }

    void run() {
        try (var service = stage.service("api,worker")) {
            ofNative(service);
            ofPatroni(service);
        } finally {
            stage.postgres()
                    .run("delete from cluster where name in ('%s', '%s')"
                            .formatted(NativeCluster.NAME, PatroniCluster.NAME));
        }
    }

    private void ofNative(Service service) {
        try (var cluster = new NativeCluster(stage, service)) {
            switchover = show("switchover by pgbosun", times(cluster::switchOver));
            var failovers = times(cluster::failOver);
            show(
                    "failover by pgbosun",
                    failovers.stream()
                            .map(NativeCluster.Failover::withoutCommit)
                            .toList());
            failover = show(
                    "failover by pgbosun, from the order",
                    failovers.stream().map(NativeCluster.Failover::fromOrder).toList());
        }
    }

    private void ofPatroni(Service service) {
        try (var cluster = new PatroniCluster(stage)) {
            double alone;
            try (var writer = cluster.writer()) {
                alone = show("switchover by Patroni", times(() -> cluster.switchOver(writer)));
                var found = show("failover by Patroni, found out by it", times(() -> cluster.failOver(writer)));
                report.atMost("switchover: pgbosun / Patroni", switchover / alone, "ratio", 1);
                report.atMost("failover: pgbosun ordered / Patroni", failover / found, "ratio", 1);
            }
            try (var pooled = cluster.register(service);
                    var writer = pooled.writer()) {
                var led = show("switchover of Patroni's by pgbosun", times(() -> cluster.switchOver(writer, pooled)));
                report.atMost("switchover of Patroni's: pgbosun / Patroni", led / alone, "ratio", 1);
            }
        }
    }

    private <T> List<T> times(Supplier<T> change) {
        var all = new ArrayList<T>();
        for (var round = 0; round < rounds; round++) {
            all.add(change.get());
        }
        return all;
    }

    /** Tells median and worst; answers the median. */
    private double show(String what, List<Double> millis) {
        var median = Rates.median(millis);
        report.figure(what + ": median", median, "ms");
        report.figure(what + ": worst", millis.stream().max(Double::compare).orElseThrow(), "ms");
        return median;
    }
}
