package io.pgbosun.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A physical backup through pgbosun beside the same pg_basebackup by hand, in turn, of the same server. */
final class Backups {
    private static final double MOST = 1.1;
    static final String CLUSTER = "backed-up";
    private static final int LONGEST_SECONDS = 1_800;

    /** Where the time went. */
    private static final String STEPS = """
            select string_agg(round(extract(epoch from ended_at - started_at), 2) || ' s ' || name, ', ' order by place)
            from operation_step where operation = '%s'
            """;

    private final Stage stage;
    private final Report report;

    Backups(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run() {
        try (var service = stage.service("api,worker")) {
            fill();
            var byHand = new ArrayList<Double>();
            var ours = new ArrayList<Double>();
            for (var round = 0; round < (stage.quick() ? 2 : 3); round++) {
                byHand.add(byHand(stage, stage.folder().resolve("by-hand-" + round)));
                ours.add(ours(service));
            }
            var hand = Rates.median(byHand);
            report.figure("pg_basebackup and sha256sum by hand", hand, "s");
            report.atMost("a physical backup / the same by hand", Rates.median(ours) / hand, "ratio", MOST);
            report.figure("memory at most, while it backed up", service.memory("VmHWM"), "MB");
            stage.postgres().run("postgres", "drop database filled");
        }
    }

    private void fill() {
        stage.postgres().run("postgres", "create database filled");
        Programs.run(List.of(
                Programs.postgres("pgbench"),
                "-i",
                "-q",
                "-s",
                stage.quick() ? "10" : "150",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(stage.postgres().port()),
                "-U",
                "postgres",
                "filled"));
        register(stage);
        stage.settle();
    }

    /** Makes the server itself a cluster that the service knows. */
    static void register(Stage stage) {
        stage.postgres().run(Postgres.DATABASE, """
                insert into cluster (name, driver, origin, username, ssl_mode)
                values ('%s', 'NATIVE', 'REGISTERED', 'postgres', 'disable') on conflict do nothing
                """.formatted(CLUSTER), """
                insert into instance (cluster, name, address, port) values ('%1$s', '%1$s-1', '127.0.0.1', %2$d)
                on conflict do nothing
                """.formatted(
                        CLUSTER, stage.postgres().port()));
    }

    /** The seconds that it takes with pg_basebackup, which makes it durable, and reading it again. */
    static double byHand(Stage stage, Path directory) {
        var began = System.nanoTime();
        Programs.run(List.of(
                Programs.postgres("pg_basebackup"),
                "-d",
                "host=127.0.0.1 user=postgres port=" + stage.postgres().port(),
                "-D",
                directory.toString(),
                "-Ft",
                "-X",
                "fetch",
                "-c",
                "fast",
                "--compress=client-zstd:3",
                "--manifest-checksums=SHA256"));
        Programs.run(List.of("sha256sum", directory.resolve("base.tar.zst").toString())); // ours is read again too
        return (System.nanoTime() - began) / 1e9;
    }

    /** Its reading again included. */
    private double ours(Service service) {
        var id = NoOps.id(service.post("/v1/clusters/" + CLUSTER + "/backups", "{\"engine\":\"PG_BASEBACKUP\"}"));
        stage.await("the end of a backup", LONGEST_SECONDS, () -> {
            service.get("/v1/operations/" + id + "?wait=20s"); // looking often would take from both cores
            return hasEnded(stage, id);
        });
        return seconds(stage, id);
    }

    static boolean hasEnded(Stage stage, String operation) {
        return "t"
                .equals(stage.postgres()
                        .value("select ended_at is not null from operation where id = '" + operation + "'"));
    }

    /** How long an operation ran that has succeeded. */
    static double seconds(Stage stage, String operation) {
        var of = " from operation where id = '" + operation + "'";
        var state = stage.postgres().value("select state || ' ' || coalesce(problem::text, '')" + of);
        if (!state.startsWith("SUCCEEDED")) {
            throw new IllegalStateException("the operation ended as " + state);
        }
        Report.note("  " + stage.postgres().value(STEPS.formatted(operation)));
        return stage.postgres().number("select extract(epoch from ended_at - started_at)" + of);
    }
}
