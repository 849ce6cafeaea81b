package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Inhabitants;
import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.adapter.RealPgBouncer;
import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R9: kill -9 of the primary, again and again, behind a real PgBouncer, under a writer that remembers each commit that was
 * acknowledged. With synchronous replication none of them is lost; without it the real loss is never above what was
 * estimated, also when the disk of the old primary was away. What comes back takes no writes through the pooler.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverUnderLoadIT {
    private static final int ROUNDS = Scoreboard.size(2, 20);
    private static final long ANY_LOSS = 1L << 40;
    private static final Duration REPORTED_WITHIN = Duration.ofSeconds(10);

    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final List<RealPgBouncer> poolers = new ArrayList<>();
    private Service service;

    @BeforeAll
    void prepare() {
        service = Service.first(folder, "api,worker");
    }

    @AfterAll
    void clear() {
        poolers.forEach(RealPgBouncer::close);
        Service.clear(folder, service);
    }

    /** A cluster with two standbys and a pooler before it. */
    private RealPgBouncer pooled(String cluster, String parameters) {
        service.rest()
                .succeed(
                        "/v1/clusters",
                        "{'name':'%s','provision':{'standbys':2,'databases':['shop'],'parameters':{%s}}}"
                                .formatted(cluster, parameters));
        new Superuser(service, cluster).run("shop", """
                create role %1$s login superuser password '%2$s';
                create table written (id bigint primary key)
                """.formatted(RealPgBouncer.USER, RealPgBouncer.PASSWORD));
        var pooler = RealPgBouncer.start(folder.resolve(cluster + "-pooler"));
        poolers.add(pooler);
        var made = service.rest()
                .post(
                        "/v1/clusters/" + cluster + "/poolers",
                        "{'name':'front','address':'127.0.0.1','port':%d,'username':'%s','password':'%s','configFile':'%s','databases':[{'name':'shop'}]}"
                                .formatted(
                                        pooler.port, RealPgBouncer.ADMIN, RealPgBouncer.PASSWORD, pooler.databases()));
        assertEquals(201, made.status(), made.toString());
        service.rest().succeed("/v1/clusters/" + cluster + "/pooler-configs", "{'pooler':'front'}");
        return pooler;
    }

    private static ControlDatabase.Session session(RealPgBouncer pooler) {
        return ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/shop?prepareThreshold=0&connectTimeout=2&socketTimeout=20"
                        .formatted(pooler.port),
                RealPgBouncer.USER,
                RealPgBouncer.PASSWORD);
    }

    /** One client that writes a row after the other, and comes again when it was cut off. */
    private static final class Writer implements AutoCloseable {
        private final RealPgBouncer pooler;
        private final TreeSet<Long> acknowledged = new TreeSet<>();
        private final CompletableFuture<Void> running;
        private volatile boolean over;
        private volatile long longestNanos;
        private long last = System.nanoTime();
        private long id;

        Writer(RealPgBouncer pooler) {
            this.pooler = pooler;
            running = CompletableFuture.runAsync(
                    this::write, task -> Thread.ofVirtual().start(task));
        }

        private void write() {
            while (!over) {
                try (var session = session(pooler)) {
                    while (!over) {
                        session.run("insert into written values (" + ++id + ")");
                        acknowledged(id);
                    }
                } catch (RuntimeException | AssertionError cutOff) {
                    pause();
                }
            }
        }

        private synchronized void acknowledged(long written) {
            acknowledged.add(written);
            longestNanos = Math.max(longestNanos, System.nanoTime() - last);
            last = System.nanoTime();
        }

        /** A client's own way of not asking too often. */
        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private synchronized long count() {
            return acknowledged.size();
        }

        /** Waits until it has written so many more. */
        void awaitMore(long more) {
            var wanted = count() + more;
            Eventually.until("it writes", Duration.ofSeconds(60), () -> count() >= wanted);
        }

        synchronized void roundBegins() {
            longestNanos = 0;
        }

        @Override
        public void close() {
            over = true;
            running.join();
        }
    }

    private Path directory(String cluster, String instance) {
        return service.home().resolve("clusters").resolve(cluster).resolve(instance);
    }

    private String primary(String cluster) {
        var instances =
                service.rest().get("/v1/clusters/" + cluster + "/instances").json();
        return instances.getString("items.find { it.role == 'PRIMARY' }.name");
    }

    /** The postmaster and all of its children. */
    private void kill(String cluster, String instance) {
        Inhabitants.kill(directory(cluster, instance));
    }

    private io.restassured.path.json.JsonPath failOver(String cluster, long accepted) {
        return service.rest()
                .succeed(
                        "/v1/clusters/" + cluster + "/failovers?reason=a+test",
                        "{'acceptDataLossUpToBytes':%d}".formatted(accepted));
    }

    private TreeSet<Long> lost(RealPgBouncer pooler, Writer writer) {
        try (var session = session(pooler)) {
            var lost = new TreeSet<>(writer.acknowledged);
            session.values("select id from written").forEach(id -> lost.remove(Long.valueOf(id)));
            return lost;
        }
    }

    @Test
    void with_synchronous_replication_no_acknowledged_commit_is_lost() {
        var pooler = pooled(
                "synced", "'synchronous_standby_names':'ANY 1 (\\\"synced-1\\\", \\\"synced-2\\\", \\\"synced-3\\\")'");
        var pauses = new ArrayList<Long>();
        var without = new ArrayList<Double>();
        try (var writer = new Writer(pooler)) {
            for (var round = 0; round < ROUNDS; round++) {
                writer.awaitMore(50);
                writer.roundBegins();
                var old = primary("synced");
                kill("synced", old);
                var result = failOver("synced", ANY_LOSS);
                without.add(result.getDouble("result.withoutWritesSeconds"));
                writer.awaitMore(1);
                pauses.add(writer.longestNanos);
                service.rest().succeed("/v1/clusters/synced/rejoins", "{'instance':'%s'}".formatted(old));
            }
            writer.close();
            assertEquals(List.of(), List.copyOf(lost(pooler, writer)), "acknowledged and lost");
            show("synchronous, kill -9 of the primary: 0 of %d lost".formatted(writer.count()), pauses, without);
        }
        new Oracle(service).refuseFindings();
    }

    /** In each second round the disk of the old primary is away too. */
    @Test
    void without_it_the_real_loss_is_never_above_the_estimate_and_what_comes_back_takes_no_writes() throws IOException {
        var pooler = pooled("alone", "");
        var pauses = new ArrayList<Long>();
        var without = new ArrayList<Double>();
        try (var writer = new Writer(pooler)) {
            for (var round = 0; round < ROUNDS; round++) {
                writer.awaitMore(50);
                writer.roundBegins();
                var old = primary("alone");
                var away = round % 2 == 1;
                kill("alone", old);
                if (away) {
                    move(directory("alone", old), directory("alone", old + ".away"));
                }
                var result = failOver("alone", ANY_LOSS);
                without.add(result.getDouble("result.withoutWritesSeconds"));
                writer.awaitMore(1);
                pauses.add(writer.longestNanos);
                if (away) {
                    move(directory("alone", old + ".away"), directory("alone", old));
                }
                comesBack(old, away, writer);
                service.rest().succeed("/v1/clusters/alone/rejoins", "{'instance':'%s'}".formatted(old));
                refuseLossAboveEstimate(result.getLong("result.estimatedLossBytes"));
            }
            writer.close();
            var lost = lost(pooler, writer).size();
            show(
                    "asynchronous, every second time without the disk: %d of %d lost".formatted(lost, writer.count()),
                    pauses,
                    without);
        }
        new Oracle(service).refuseFindings();
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to);
    }

    /** Somebody starts the old primary by force; one that could not be fenced is told of, and stopped, within ten seconds. */
    private void comesBack(String old, boolean splits, Writer writer) {
        programs.start(directory("alone", old));
        if (splits) {
            Eventually.until(
                    "that it is split is told",
                    REPORTED_WITHIN,
                    () -> newest("follow-leader").startsWith(old + " takes writes though"));
            Eventually.until(
                    "it takes no writes any more",
                    REPORTED_WITHIN,
                    () -> programs.comesUpAsStandby(directory("alone", old)));
        }
        writer.awaitMore(20); // through the pooler, to the new primary: what the old one has stays as it is
    }

    /** The reason of the newest operation of a kind. */
    private String newest(String kind) {
        var reason = service.rest()
                .get("/v1/operations?pageSize=1&kind=" + kind)
                .json()
                .getString("items[0].reason");
        return reason == null ? "" : reason;
    }

    private void refuseLossAboveEstimate(long estimate) {
        var newest =
                service.rest().get("/v1/clusters/alone/failovers?pageSize=1").json();
        var real = newest.getLong("items[0].realLossBytes");
        System.out.printf("failover: %d bytes estimated, %d really lost%n", estimate, real);
        assertTrue(real <= estimate, newest.prettify());
    }

    private static void show(String what, List<Long> pauses, List<Double> without) {
        var sorted = pauses.stream().sorted().toList();
        var decided = without.stream().sorted().toList();
        var board = Scoreboard.of(
                "R9",
                "%s; clients paused %d ms (median), %d ms at most; without writes once decided %.0f ms (median), %.0f ms at most"
                        .formatted(
                                what,
                                sorted.get(sorted.size() / 2) / 1_000_000,
                                sorted.getLast() / 1_000_000,
                                decided.get(decided.size() / 2) * 1000,
                                decided.getLast() * 1000));
        board.count(pauses.size());
        board.passed(pauses.size());
        board.recovered(Duration.ofNanos(sorted.getLast()));
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
        board.show();
    }
}
