package io.pgbosun.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A physical backup through pgbosun beside the same pg_basebackup by hand, in turn, of the same server. */
final class Backups {
    private static final double MOST = 1.1;
    private static final String CLUSTER = "backed-up";

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
                byHand.add(byHand(stage.folder().resolve("by-hand-" + round)));
                ours.add(ours(service));
            }
            var hand = Rates.median(byHand);
            report.figure("pg_basebackup to base.tar.zst by hand", hand, "s");
            report.atMost("a physical backup / pg_basebackup by hand", Rates.median(ours) / hand, "ratio", MOST);
            report.figure("memory at most, while it backed up", service.memory("VmHWM"), "MB");
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
        stage.postgres().run(Postgres.DATABASE, """
                insert into cluster (name, driver, origin, username, ssl_mode)
                values ('%s', 'NATIVE', 'REGISTERED', 'postgres', 'disable')
                """.formatted(CLUSTER), """
                insert into instance (cluster, name, address, port) values ('%1$s', '%1$s-1', '127.0.0.1', %2$d)
                """.formatted(
                        CLUSTER, stage.postgres().port()));
        stage.settle();
    }

    private double byHand(Path directory) {
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
        return (System.nanoTime() - began) / 1e9;
    }

    /** Its reading again included. */
    private double ours(Service service) {
        var id = NoOps.id(service.post("/v1/clusters/" + CLUSTER + "/backups", "{\"engine\":\"PG_BASEBACKUP\"}"));
        stage.await(
                "the end of a backup",
                () -> "t"
                        .equals(stage.postgres()
                                .value("select ended_at is not null from operation where id = '" + id + "'")));
        var state =
                stage.postgres().value("select state || ' ' || state_reason from operation where id = '" + id + "'");
        if (!state.startsWith("SUCCEEDED")) {
            throw new IllegalStateException("the backup ended as " + state);
        }
        return stage.postgres()
                .number("select extract(epoch from ended_at - started_at) from operation where id = '" + id + "'");
    }
}
