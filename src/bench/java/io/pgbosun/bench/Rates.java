package io.pgbosun.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** Accept, get and list over REST and gRPC, each as a share of what pgbench does with the same SQL at the same time. */
final class Rates {
    static final int CLIENTS = 32;
    private static final int GRPC_CLIENTS = 8;
    /** An id of its own for each call of pgbench, growing as the ids of the service do. */
    static final String SQL_ID =
            "(format('01a00000-%s-7000-8%s-%s', lpad(:run::text, 4, '0'), lpad(:client_id::text, 3, '0'),"
                    + " lpad(:n::text, 12, '0')))";

    private final Stage stage;
    private final Report report;
    private final Service service;

    Rates(Stage stage, Report report, Service service) {
        this.stage = stage;
        this.report = report;
        this.service = service;
    }

    void get() {
        var id = Fill.id(7);
        var statement = Statement.find(
                Statement.during(stage.postgres(), () -> service.get("/v1/operations/" + id)),
                "from operation o",
                "o.id = $");
        var pgbench = new Pgbench(
                stage, "get", statement, "\\set n random(0, %d)%n".formatted(Fill.ROWS - 1), Map.of(id, Fill.SQL_ID));
        var paths = IntStream.range(0, 2_000)
                .mapToObj(i -> "/v1/operations/" + Fill.id((int) (i * 7919L % Fill.ROWS)))
                .toList();
        var h2load = H2load.gets(stage, service, "get", paths);
        compare(
                "get",
                0.50,
                () -> pgbench.forSeconds(Postgres.DATABASE, CLIENTS, seconds()).perSecond(),
                () -> h2load.perSecond(CLIENTS, seconds()));
    }

    void list() {
        var path = "/v1/operations?pageSize=50";
        var statement = Statement.find(
                Statement.during(stage.postgres(), () -> service.get(path)), "from operation o", "limit");
        var pgbench = new Pgbench(stage, "list", statement, "", Map.of());
        var h2load = H2load.gets(stage, service, "list", List.of(path));
        compare(
                "list 50",
                0.40,
                () -> pgbench.forSeconds(Postgres.DATABASE, CLIENTS, seconds()).perSecond(),
                () -> h2load.perSecond(CLIENTS, seconds()));
    }

    void accept() {
        var pgbench = acceptPgbench(stage, service);
        var paths = IntStream.range(0, Stage.CLUSTERS).mapToObj(NoOps::path).toList();
        var h2load = H2load.posts(stage, service, "accept", paths, "{}");
        DoubleSupplier limit =
                () -> pgbench.forSeconds(Postgres.DATABASE, CLIENTS, seconds()).perSecond();
        compare("accept", 0.55, limit, () -> h2load.perSecond(CLIENTS, seconds()));
        var keyed = NoOps.starts(service, CLIENTS);
        compare(
                "accept with a key each",
                0.55,
                limit,
                () -> keyed.closed(seconds()).perSecond());
    }

    void grpc() {
        var grpc = new GrpcRates(stage, service);
        var id = Fill.id(7);
        var get = grpc.get(id);
        var restGet = H2load.gets(stage, service, "get-one", List.of("/v1/operations/" + id));
        share("get", () -> restGet.perSecond(CLIENTS, seconds()), () -> get.perSecond(GRPC_CLIENTS, seconds()));
        var accept = grpc.accept("bench-7");
        var restAccept = H2load.posts(stage, service, "accept-one", List.of(NoOps.path(6)), "{}");
        share(
                "accept",
                () -> restAccept.perSecond(CLIENTS, seconds()),
                () -> accept.perSecond(GRPC_CLIENTS, seconds()));
    }

    /** The statement of accept, with an id of its own for each call and the clusters in turn. */
    static Pgbench acceptPgbench(Stage stage, Service service) {
        var answer = new ArrayList<String>();
        var statements = Statement.during(stage.postgres(), () -> answer.add(service.post(NoOps.path(6), "{}")));
        var target = "'clusters/bench-' || (:n %% %d + 1)".formatted(Stage.CLUSTERS);
        return new Pgbench(
                stage,
                "accept",
                Statement.find(statements, "insert into operation (", "insert into audit_entry"),
                "\\set n :n + 1\n",
                Map.of(
                        NoOps.id(answer.getFirst()),
                        SQL_ID,
                        "clusters/bench-7",
                        "(" + target + ")",
                        "{clusters/bench-7}",
                        "(array[" + target + "])"));
    }

    private int seconds() {
        return stage.seconds(6);
    }

    private void compare(String name, double target, DoubleSupplier limit, DoubleSupplier ours) {
        var rates = pairs(limit, ours);
        report.figure(name + ": pgbench of its SQL", rates.limit(), "/s");
        report.figure(name + ": REST", rates.ours(), "/s");
        report.atLeast(name + ": REST / pgbench", rates.share(), "", target);
    }

    private void share(String name, DoubleSupplier rest, DoubleSupplier grpc) {
        var rates = pairs(rest, grpc);
        report.figure(name + ": gRPC", rates.ours(), "/s");
        report.atLeast(name + ": gRPC / REST", rates.share(), "", 0.90);
    }

    private record Pairs(double limit, double ours, double share) {}

    /** One after the other, so that what else runs on the machine meets both. */
    private Pairs pairs(DoubleSupplier limit, DoubleSupplier ours) {
        var end = System.nanoTime() + stage.seconds(10) * 1_000_000_000L;
        while (System.nanoTime() < end) {
            ours.getAsDouble(); // a cold JVM is some times slower
        }
        var pairs = new ArrayList<double[]>();
        for (var round = 0; round < 3; round++) {
            pairs.add(new double[] {limit.getAsDouble(), ours.getAsDouble()});
        }
        return new Pairs(
                median(pairs.stream().map(pair -> pair[0]).toList()),
                median(pairs.stream().map(pair -> pair[1]).toList()),
                median(pairs.stream().map(pair -> pair[1] / pair[0]).toList()));
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
