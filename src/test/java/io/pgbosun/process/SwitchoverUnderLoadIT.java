package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.PostgresBin;
import io.pgbosun.adapter.RealPgBouncer;
import io.pgbosun.fire.Scoreboard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R16: switchovers in a row of a cluster with two standbys, behind a real PgBouncer by transaction, under pgbench and a
 * writer that remembers each commit that was acknowledged. No transaction fails, none that was acknowledged is lost, and
 * clients see a short pause.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SwitchoverUnderLoadIT {
    private static final int ROUNDS = Scoreboard.size(3, 20);
    private static final Duration LOAD = Duration.ofSeconds(8);
    private static final int PGBENCH_CLIENTS = 8;
    private static final String CLUSTER = "/v1/clusters/loaded";
    private static final Pattern FAILED = Pattern.compile("number of failed transactions: (\\d+)");
    private static final Pattern DONE = Pattern.compile("number of transactions actually processed: (\\d+)");

    private final Path folder = Service.newFolder();
    private Service service;
    private RealPgBouncer pooler;

    @BeforeAll
    void prepare() {
        service = Service.first(folder, "api,worker");
        var rest = service.rest();
        rest.succeed(
                "/v1/clusters",
                "{'name':'loaded','provision':{'standbys':2,'databases':['shop'],'seed':{'pgbenchScale':5}}}");
        new Superuser(service, "loaded").run("shop", """
                create role %1$s login superuser password '%2$s';
                create table written (id bigint primary key)
                """.formatted(RealPgBouncer.USER, RealPgBouncer.PASSWORD));
        pooler = RealPgBouncer.start(folder.resolve("pooler"), "default_pool_size = 20");
        var made = rest.post(
                CLUSTER + "/poolers",
                "{'name':'front','address':'127.0.0.1','port':%d,'username':'%s','password':'%s','configFile':'%s','databases':[{'name':'shop'}]}"
                        .formatted(pooler.port, RealPgBouncer.ADMIN, RealPgBouncer.PASSWORD, pooler.databases()));
        assertEquals(201, made.status(), made.toString());
        rest.succeed(CLUSTER + "/pooler-configs", "{'pooler':'front'}");
    }

    @AfterAll
    void clear() {
        pooler.close();
        Service.clear(folder, service);
    }

    /** One client that writes a row after the other. */
    private final class Writer implements AutoCloseable {
        private final TreeSet<Long> acknowledged = new TreeSet<>();
        private final List<Long> pauseNanos = new ArrayList<>();
        private final CompletableFuture<Void> running;
        private volatile boolean over;
        private volatile long longestNanos;

        Writer() {
            running = CompletableFuture.runAsync(
                    this::write, task -> Thread.ofVirtual().start(task));
        }

        private void write() {
            try (var session = session()) {
                var last = System.nanoTime();
                for (var id = 1L; !over; id++) {
                    session.run("insert into written values (" + id + ")");
                    acknowledged.add(id);
                    var now = System.nanoTime();
                    longestNanos = Math.max(longestNanos, now - last);
                    last = now;
                }
            }
        }

        /** The longest time between two acknowledgements since it was last asked. */
        void roundBegins() {
            longestNanos = 0;
        }

        void roundEnds() {
            pauseNanos.add(longestNanos);
        }

        /** What went wrong, if anything did. */
        @Override
        public void close() {
            over = true;
            running.join();
        }
    }

    private ControlDatabase.Session session() {
        return ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/shop?prepareThreshold=0".formatted(pooler.port),
                RealPgBouncer.USER,
                RealPgBouncer.PASSWORD);
    }

    private Program pgbench() {
        var command = List.of(
                PostgresBin.find(System.getenv()).directory().resolve("pgbench").toString(),
                "-n",
                "-M",
                "extended",
                "-c",
                String.valueOf(PGBENCH_CLIENTS),
                "-T",
                String.valueOf(LOAD.toSeconds()),
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(pooler.port),
                "-U",
                RealPgBouncer.USER,
                "shop");
        return Program.run(folder, Map.of("PGPASSWORD", RealPgBouncer.PASSWORD), Duration.ofMinutes(2), command);
    }

    private int clients() {
        var clients = service.rest().get(CLUSTER + "/poolers/front/clients").json();
        return (int) clients.<String>getList("items.database").stream()
                .filter("shop"::equals)
                .count();
    }

    private static long figure(Pattern pattern, Program program) {
        var found = pattern.matcher(program.output());
        assertTrue(found.find(), program.end());
        return Long.parseLong(found.group(1));
    }

    @Test
    void under_load_no_transaction_fails_and_no_acknowledged_commit_is_lost() throws Exception {
        var transactions = 0L;
        try (var writer = new Writer()) {
            for (var round = 0; round < ROUNDS; round++) {
                var load = CompletableFuture.supplyAsync(
                        this::pgbench, task -> Thread.ofVirtual().start(task));
                Eventually.until("all clients are there", Duration.ofSeconds(20), () -> clients() > PGBENCH_CLIENTS);
                writer.roundBegins();
                var result = service.rest().succeed(CLUSTER + "/switchovers?reason=a+test", "{}");
                writer.roundEnds();
                var bench = load.get();
                assertEquals(0, bench.exit(), bench.end() + pooler.log());
                assertEquals(0, figure(FAILED, bench), bench.end());
                transactions += figure(DONE, bench);
                System.out.printf(
                        "switchover %d to %s: clients paused %.0f ms, nobody could write for %.0f ms%n",
                        round + 1,
                        result.getString("result.newPrimary"),
                        writer.pauseNanos.getLast() / 1e6,
                        result.getDouble("result.writePauseSeconds") * 1000);
            }
            writer.close();
            refuseLost(writer);
            show(writer.pauseNanos, transactions + writer.acknowledged.size());
        }
        new Oracle(service).refuseFindings();
    }

    /** Every acknowledged row is there; one that was sent last and not acknowledged may be. */
    private void refuseLost(Writer writer) {
        try (var session = session()) {
            var found = new TreeSet<Long>();
            session.values("select id from written").forEach(id -> found.add(Long.valueOf(id)));
            var lost = new TreeSet<>(writer.acknowledged);
            lost.removeAll(found);
            assertEquals(List.of(), List.copyOf(lost), "acknowledged and lost");
        }
    }

    private static void show(List<Long> pauses, long transactions) {
        var sorted = pauses.stream().sorted().toList();
        var board = Scoreboard.of(
                "R16",
                "switchovers through PgBouncer: %d transactions, 0 failed, 0 lost; clients paused for %d ms (median), %d ms at most"
                        .formatted(
                                transactions, sorted.get(sorted.size() / 2) / 1_000_000, sorted.getLast() / 1_000_000));
        board.count(ROUNDS);
        board.passed(ROUNDS);
        board.recovered(Duration.ofNanos(sorted.getLast()));
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
        board.show();
    }
}
