package io.pgbosun.bench;

import java.util.List;
import java.util.regex.Pattern;

/** Much that cannot be compressed goes into object storage and comes back, through a service with the heap it always has. */
final class Streams {
    private static final int WHOLE_MIB = 5 * 1024;
    private static final int QUICK_MIB = 512;
    private static final double MOST_HEAP_MIB = 256;
    private static final double MOST = 1.1;
    private static final int LONGEST_SECONDS = 3_600;
    private static final String PASSWORD = "none";
    private static final Pattern HEAP = Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\",[^}]*} (\\S+)$");

    private final Stage stage;
    private final Report report;
    private double heapMib;

    Streams(Stage stage, Report report) {
        this.stage = stage;
        this.report = report;
    }

    void run() {
        var mib = stage.quick() ? QUICK_MIB : WHOLE_MIB;
        try (var bucket = new Bucket(stage);
                var service = stage.service("api,worker")) {
            stage.postgres().run("alter role postgres password '" + PASSWORD + "'"); // a recovered server asks for it
            Noise.fill(stage.postgres(), mib);
            Backups.register(stage);
            service.post("/v1/repositories", bucket.repository("bucket"));
            var hand = byHand(bucket);
            var taken = service.post(
                    "/v1/clusters/" + Backups.CLUSTER + "/backups",
                    "{\"engine\":\"PG_BASEBACKUP\",\"repository\":\"bucket\"}");
            var ours = ended(service, NoOps.id(taken));
            var recovered = service.post(
                    "/v1/clusters",
                    "{\"name\":\"back\",\"recover\":{\"source\":\"%s\",\"password\":\"%s\"}}"
                            .formatted(Backups.CLUSTER, PASSWORD));
            var back = ended(service, NoOps.id(recovered));
            ended(service, NoOps.id(service.delete("/v1/clusters/back?confirm=back")));
            report.figure("%d MiB to S3 through pgbosun".formatted(mib), mib / ours, "MiB/s");
            report.figure("%d MiB from S3 to a server that answers".formatted(mib), mib / back, "MiB/s");
            report.atMost("to S3 / pg_basebackup, put, read by hand", ours / hand.all(), "ratio", MOST);
            report.figure("from S3 to a server / reading by hand", back / hand.read(), "ratio");
            report.atMost("heap at most, while it streamed", heapMib, "MiB", MOST_HEAP_MIB);
            report.figure("memory at most, while it streamed", service.memory("VmHWM"), "MB");
            stage.postgres().run("postgres", "drop database " + Noise.DATABASE);
        }
    }

    /** The same work, one after the other: a person has no program that does it at once. */
    private record Hand(double backup, double put, double read) {
        double all() {
            return backup + put + read;
        }
    }

    private Hand byHand(Bucket bucket) {
        var directory = stage.folder().resolve("by-hand-streamed");
        var backup = Backups.byHand(stage, directory);
        var key = "by-hand";
        var put = seconds(() -> bucket.put(directory.resolve("base.tar.zst"), key));
        var read = seconds(() -> bucket.read(key));
        bucket.delete(key);
        Programs.run(List.of("rm", "-r", directory.toString()));
        return new Hand(backup, put, read);
    }

    private static double seconds(Runnable work) {
        var began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }

    /** How long it ran; its heap is looked at meanwhile. */
    private double ended(Service service, String operation) {
        stage.await("the end of " + operation, LONGEST_SECONDS, () -> {
            heapMib = Math.max(heapMib, heapMib(service));
            return Backups.hasEnded(stage, operation);
        });
        return Backups.seconds(stage, operation);
    }

    private static double heapMib(Service service) {
        return HEAP.matcher(service.get("/q/metrics"))
                        .results()
                        .mapToDouble(pool -> Double.parseDouble(pool.group(1)))
                        .sum()
                / (1 << 20);
    }
}
