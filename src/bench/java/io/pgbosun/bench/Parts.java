package io.pgbosun.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The parts of a run, in their order; each begins without operations and with services of its own. */
final class Parts {
    static final List<String> NAMES = List.of(
            "get",
            "list",
            "accept",
            "grpc",
            "accept-latency",
            "first-step",
            "hints-lost",
            "throughput",
            "watchers",
            "snapshot",
            "takeover",
            "start",
            "memory",
            "backup",
            "stream",
            "failover",
            "growth");

    private final Stage stage;
    private final Map<String, Runnable> parts = new LinkedHashMap<>();

    Parts(Stage stage, Report report) {
        this.stage = stage;
        parts.put("get", rates(report, Rates::get));
        parts.put("list", rates(report, Rates::list));
        parts.put("accept", rates(report, Rates::accept));
        parts.put("grpc", rates(report, Rates::grpc));
        parts.put("accept-latency", new Latencies(stage, report)::accept);
        parts.put("first-step", new Latencies(stage, report)::firstStep);
        parts.put("hints-lost", new Latencies(stage, report)::withoutHints);
        parts.put("throughput", new Throughput(stage, report)::drain);
        parts.put("watchers", new Watchers(stage, report)::run);
        parts.put("snapshot", new Throughput(stage, report)::snapshot);
        parts.put("takeover", new Lifetimes(stage, report)::takeover);
        parts.put("start", new Lifetimes(stage, report)::start);
        parts.put("memory", new Lifetimes(stage, report)::memory);
        parts.put("backup", new Backups(stage, report)::run);
        parts.put("stream", new Streams(stage, report)::run);
        parts.put("failover", new Failovers(stage, report)::run);
        parts.put("growth", new Growth(stage, report)::run);
    }

    private Runnable rates(Report report, Consumer<Rates> part) {
        return () -> {
            try (var service = stage.service("api")) {
                Fill.upTo(stage.postgres(), Postgres.DATABASE, Fill.ROWS);
                part.accept(new Rates(stage, report, service));
            }
        };
    }

    /** Runs them; one that fails does not keep the others from running, but is told of. */
    List<String> run(List<String> wanted) {
        var failed = new ArrayList<String>();
        for (var name : wanted) {
            try {
                stage.reset();
                parts.get(name).run();
            } catch (RuntimeException e) {
                failed.add(name);
                Report.note("part " + name + " failed: " + e);
                for (var at : e.getStackTrace()) {
                    Report.note("  at " + at);
                }
            }
        }
        return failed;
    }
}
