package io.pgbosun.bench;

import java.util.List;
import java.util.Map;

/** What reads and claims cost as the operations grow in number, with one client, so that it is time and not capacity. */
final class Growth {
    private static final String DATABASE = "growth";
    private static final int CALLS = 1_000;

    private final Stage stage;
    private final Report report;

    Growth(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    /** The statements of the service that are timed one by one. */
    record Queries(Pgbench accept, Pgbench get, Pgbench list, Pgbench look, Pgbench take) {}

    private record Times(double get, double list, double look, double take) {}

    void run() {
        Queries queries;
        try (var service = stage.service("api,worker")) {
            Fill.upTo(stage.postgres(), Postgres.DATABASE, 100);
            queries = capture(stage, service);
        }
        stage.reset();
        stage.postgres().run("postgres", "create database " + DATABASE + " template " + Postgres.DATABASE);
        var sizes = stage.quick() ? List.of(10_000, 100_000, 500_000) : List.of(10_000, 100_000, 1_000_000, 5_000_000);
        Times first = null;
        Times last = null;
        for (var size : sizes) {
            Fill.upTo(stage.postgres(), DATABASE, size);
            last = times(queries, sizes.indexOf(size));
            first = first == null ? last : first;
            Report.note("%,9d operations: get %.2f ms, list %.2f ms, look for work %.2f ms, claim %.2f ms"
                    .formatted(size, last.get(), last.list(), last.look(), last.take()));
        }
        var of = "at %,d operations / at %,d: ".formatted(sizes.getLast(), sizes.getFirst());
        report.figure(of + "get", last.get() / first.get(), "");
        report.atMost(of + "list", last.list() / first.list(), "", 1.5);
        report.atMost(of + "look for work", last.look() / first.look(), "", 1.5);
        report.atMost(of + "claim", last.take() / first.take(), "", 1.5);
        stage.postgres().run("postgres", "drop database " + DATABASE);
    }

    /** What a service that accepts and works sends. */
    static Queries capture(Stage stage, Service service) {
        var id = new String[1];
        var statements = Statement.during(stage.postgres(), () -> {
            id[0] = NoOps.id(service.post(NoOps.path(6), "{}"));
            service.get("/v1/operations/" + id[0] + "?wait=20s");
            service.get("/v1/operations?pageSize=50");
            Service.pause(1_500); // by then a worker has looked by itself
        });
        var get = Statement.find(
                Statement.during(stage.postgres(), () -> service.get("/v1/operations/" + Fill.id(7))),
                "from operation o",
                "o.id = $");
        var take = Statement.find(statements, "lease_owner = $2", "skip locked");
        return new Queries(
                Rates.acceptPgbench(stage, service),
                new Pgbench(stage, "growth-get", get, "\\set n random(0, 9999)\n", Map.of(Fill.id(7), Fill.SQL_ID)),
                new Pgbench(
                        stage,
                        "growth-list",
                        Statement.find(statements, "from operation o", "order by o.id desc"),
                        "",
                        Map.of()),
                new Pgbench(stage, "look", Statement.find(statements, "probe_at < now()", "not exists"), "", Map.of()),
                new Pgbench(
                        stage,
                        "take",
                        take,
                        "\\set n :n + 1\n",
                        Map.of("{" + id[0] + "}", "(array[" + Rates.SQL_ID + "])")));
    }

    private Times times(Queries queries, int run) {
        queries.accept().forCalls(DATABASE, CALLS * 2, run);
        stage.postgres().run(DATABASE, "analyze operation", "analyze operation_lock", "checkpoint");
        queries.get().forCalls(DATABASE, CALLS, run);
        return new Times(
                queries.get().forCalls(DATABASE, CALLS, run).millis(),
                queries.list().forCalls(DATABASE, CALLS, run).millis(),
                queries.look().forCalls(DATABASE, CALLS / 4, run).millis(),
                queries.take().forCalls(DATABASE, CALLS, run).millis());
    }
}
