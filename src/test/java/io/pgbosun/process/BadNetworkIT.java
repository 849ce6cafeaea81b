package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.process.Link.Weather;
import io.pgbosun.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R6: the network fails between a service and a managed cluster, and between a service and its control database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadNetworkIT {
    private static final List<Weather> BAD = List.of(Weather.DELAY, Weather.DROP, Weather.HALF_CLOSE, Weather.RESET);
    private static final int LONGEST_BAD_MILLIS = 3_000;
    /** Longer than a lease, so that the other service takes over. */
    private static final Duration CUT_OFF = Duration.ofSeconds(13);

    private static final Duration ELSEWHERE = Duration.ofSeconds(30);

    private static final String WHERE = "select pg_relation_filenode('%s')::text";

    private final Scoreboard board =
            Scoreboard.of("R6", "drop, delay, half-close, reset to a cluster and to the store");
    private final Random random = Seed.of(BadNetworkIT.class).random("network");
    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final Path far = folder.resolve("far");
    private final int farPort = programs.freePort();
    private Service service;
    private Service remote;
    private Link toCluster;
    private Link toStore;

    @BeforeAll
    void start() {
        service = Service.first(folder, "api,worker");
        service.rest().provision("sound", 1);
        programs.initdb(far, "postgres", Secret.of("far"));
        programs.configure(
                far,
                Map.of(
                        "port", String.valueOf(farPort),
                        "listen_addresses", "127.0.0.1",
                        "unix_socket_directories", ""));
        programs.start(far);
        try (var session = far()) {
            session.run("create table big as select n, repeat('x', 100) as filler from generate_series(1, 300000) n");
            session.run("create index big_n on big (n)");
        }
        toCluster = new Link(farPort, random);
        toStore = new Link(service.store().port(), random);
        service.rest()
                .succeed(
                        "/v1/clusters",
                        "{'name':'far','register':{'instances':[{'address':'127.0.0.1','port':%d}],'username':'postgres','password':'far'}}"
                                .formatted(toCluster.port()));
    }

    @AfterAll
    void clear() {
        board.show();
        toCluster.close();
        toStore.close();
        Service.clear(folder, remote, service);
    }

    /** Beside the link: what the server itself says. */
    private ControlDatabase.Session far() {
        return ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(farPort), "postgres", "far");
    }

    private static String where(ControlDatabase.Session session, String relation) {
        return session.value(WHERE.formatted(relation));
    }

    @Test
    void what_succeeds_over_a_bad_network_is_done_and_what_fails_says_why() {
        for (int run = 0; run < Scoreboard.size(BAD.size() * 2, 120); run++) {
            var weather = BAD.get(run % BAD.size());
            var reindex = run / BAD.size() % 2 == 1;
            board.run(() -> {
                if (reindex) {
                    maintain("reindex", "{'databases':['postgres'],'scope':'TABLE','name':'big'}", "big_n", weather);
                } else {
                    maintain("vacuum", "{'databases':['postgres'],'tables':['big'],'full':true}", "big", weather);
                }
            });
        }
    }

    private void maintain(String verb, String body, String relation, Weather weather) throws InterruptedException {
        try (var session = far()) {
            var before = where(session, relation);
            var operation = service.rest()
                    .post("/v1/clusters/far/maintenance/" + verb, body)
                    .started();
            long clear;
            try (var meanwhile = new Elsewhere()) {
                awaitWork(operation);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                toCluster.set(weather);
                TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(LONGEST_BAD_MILLIS));
                var done = meanwhile.done.get();
                Eventually.until("another cluster is worked on", ELSEWHERE, () -> meanwhile.done.get() > done);
                clear = System.nanoTime();
                toCluster.set(Weather.CLEAR);
            }
            var ended = service.rest().ended(operation, Duration.ofSeconds(90));
            board.recovered(Duration.ofNanos(System.nanoTime() - clear));
            System.out.printf(
                    "BadNetworkIT: %s, %s: %s %s%n",
                    verb, weather, ended.getString("state"), ended.getString("problem.detail"));
            if (ended.getString("state").equals("SUCCEEDED")) {
                assertNotEquals(before, where(session, relation), ended::prettify);
            } else {
                assertEquals("FAILED", ended.getString("state"), ended.prettify());
                assertEquals("urn:pgbosun:problem:unreachable", ended.getString("problem.type"), ended.prettify());
            }
            judge();
        }
    }

    /** Until it is at the server, or at times not so far. */
    private void awaitWork(String operation) {
        if (random.nextInt(4) == 0) {
            return;
        }
        try (var store = service.store().open()) {
            Eventually.closely(
                    "it is at work",
                    Duration.ofSeconds(30),
                    () -> store.value(
                                    "select state from operation_step where operation = ?::uuid and state in ('INTENT', 'DONE')",
                                    operation)
                            != null);
        }
    }

    /** Works on the cluster that is well, one operation after the other. */
    private final class Elsewhere implements AutoCloseable {
        private final AtomicInteger done = new AtomicInteger();
        private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        private final Future<?> work;
        private volatile boolean over;

        Elsewhere() {
            work = thread.submit(() -> {
                while (!over) {
                    service.rest().succeed("/v1/clusters/sound/maintenance/analyze", "{'databases':['postgres']}");
                    done.incrementAndGet();
                }
            });
        }

        @Override
        public void close() {
            over = true;
            try {
                work.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread.close();
        }
    }

    @Test
    void a_service_with_a_bad_line_to_its_control_database_loses_nothing_and_does_nothing_twice() {
        remote = service.beside("remote", "api,worker", toStore.port(), Map.of());
        for (int run = 0; run < Scoreboard.size(BAD.size(), 40); run++) {
            var weather = BAD.get(run % BAD.size());
            board.run(() -> load(weather));
        }
    }

    private void load(Weather weather) throws InterruptedException {
        var load = new Load(
                4,
                Duration.ofMillis(10),
                "/v1/clusters/sound/maintenance/no-op",
                "{'steps':2,'stepMillis':100}",
                toldToLeave -> remote.rest());
        try (load) {
            TimeUnit.MILLISECONDS.sleep(1000 + random.nextInt(500));
            toStore.set(weather);
            TimeUnit.MILLISECONDS.sleep(
                    weather == Weather.DROP ? CUT_OFF.toMillis() : 500 + random.nextInt(LONGEST_BAD_MILLIS));
            toStore.set(Weather.CLEAR);
            var clear = System.nanoTime();
            Eventually.until(
                    "it accepts again",
                    Duration.ofSeconds(60),
                    () -> load.accepted().stream().anyMatch(one -> one.atNanos() > clear));
            board.recovered(Duration.ofNanos(System.nanoTime() - clear));
        }
        assertEquals(List.of(), load.broken());
        var told = load.others().stream().map(Rest.Answer::status).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(told.isEmpty() || told.equals(new TreeSet<>(List.of(503))), () -> "answers " + load.others());
        System.out.printf(
                "BadNetworkIT: store, %s: %d accepted, %d told to come back%n",
                weather, load.accepted().size(), load.others().size());
        load.accepted().forEach(one -> service.rest().succeeded(one.operation()));
        judge();
    }

    private void judge() {
        new Oracle(service).refuseFindings();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }
}
