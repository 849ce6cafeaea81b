package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R2: two services race for operations that conflict, on twenty targets. The judge is the journal: the time from the
 * first step's begin to the last one's end, both written inside the lease.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoServicesIT {
    private static final int TARGETS = 20;
    private static final int EACH = Scoreboard.size(20, 100);
    /** It has a server of its own, to be stopped and started. */
    private static final String OWN = "target-0";

    private static final String RUNS = """
            with run as (
              select o.id, o.kind, o.created_at, o.locks, tstzrange(min(s.started_at), max(coalesce(s.ended_at, s.started_at)), '[]') as during
              from operation o join operation_step s on s.operation = o.id
              where o.kind not in ('provision', 'register') group by o.id),
            hold as (
              select run.*, l->>'resource' as resource, (l->>'exclusive')::boolean as exclusive
              from run, jsonb_array_elements(run.locks) l)
            """;

    private final Scoreboard board = Scoreboard.of("R2", "2 processes race on 20 targets");
    private final Seed seed = Seed.of(TwoServicesIT.class);
    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private Service one;
    private Service two;

    @BeforeAll
    void start() {
        one = Service.first(folder, "api,worker");
        one.rest().provision(OWN, 1);
        startShared();
        two = one.beside("two", "api,worker");
    }

    /** All other targets are one server, under as many of its addresses. */
    private void startShared() {
        var shared = folder.resolve("shared");
        var port = programs.freePort();
        programs.initdb(shared, "postgres", Secret.of("shared"));
        programs.configure(
                shared,
                Map.of(
                        "port",
                        String.valueOf(port),
                        "listen_addresses",
                        targets().map(TwoServicesIT::address).collect(Collectors.joining(",")),
                        "unix_socket_directories",
                        "",
                        "max_connections",
                        "200"));
        programs.start(shared);
        try (var session = ControlDatabase.Session.open(
                "jdbc:postgresql://%s:%d/postgres".formatted(address(1), port), "postgres", "shared")) {
            session.run("create table numbers as select n from generate_series(1, 1000) n");
        }
        targets()
                .forEach(target -> one.rest()
                        .succeed(
                                "/v1/clusters",
                                "{'name':'target-%d','register':{'instances':[{'address':'%s','port':%d}],'username':'postgres','password':'shared'}}"
                                        .formatted(target, address(target), port)));
    }

    private static Stream<Integer> targets() {
        return IntStream.range(1, TARGETS).boxed();
    }

    private static String address(int target) {
        return "127.0.0." + (target + 1);
    }

    @AfterAll
    void clear() {
        board.show();
        Service.clear(folder, one, two);
    }

    @Test
    void conflicting_operations_never_overlap_and_stand_in_line_in_order() {
        board.count(TARGETS * EACH);
        var operations = startAll();
        assertEquals(TARGETS * EACH, operations.size());
        Eventually.until(
                () -> "all end; not yet: " + unfinished(),
                Duration.ofMinutes(Scoreboard.size(4, 20)),
                Duration.ofMillis(100),
                () -> unfinished().isEmpty());
        var store = one.store();
        assertEquals(
                List.of("SUCCEEDED"),
                store.values("select distinct state from operation where kind not in ('provision', 'register')"),
                () -> String.valueOf(
                        store.values("select kind || ' ' || problem::text from operation where state <> 'SUCCEEDED'")));
        assertEquals(List.of(), store.values(RUNS + """
                select a.kind || ' ' || a.during || ' and ' || b.kind || ' ' || b.during || ' on ' || a.resource
                from hold a join hold b on a.resource = b.resource and a.id < b.id and (a.exclusive or b.exclusive)
                where a.during && b.during"""));
        assertEquals(List.of(), store.values(RUNS + """
                select b.kind || ' overtook ' || a.kind || ' on ' || a.resource
                from hold a join hold b on a.resource = b.resource and (a.exclusive or b.exclusive)
                where a.created_at < b.created_at and lower(b.during) < lower(a.during)"""));
        assertEquals(
                2,
                store.number(
                        "select count(distinct lease_owner) from operation where kind not in ('provision', 'register')"),
                "both services worked");
        assertEquals(0, store.number("select count(*) from operation_lock"));
        assertEquals(0, store.number("select count(*) from operation where lease_epoch <> 1"), "each ran once");
        new Oracle(one).refuseFindings();
        board.passed(operations.size());
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    private List<String> unfinished() {
        return one.store().values("select kind || ' ' || state || ' ' || id from operation where ended_at is null");
    }

    /** Each target's in an order of its own, through one service or the other; on threads that hold no carrier while they load classes. */
    private List<String> startAll() {
        try (var threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var started = new ArrayList<Future<List<String>>>();
            for (int target = 0; target < TARGETS; target++) {
                var name = "target-" + target;
                started.add(threads.submit(() -> startOn(name, seed.random(name))));
            }
            var operations = new ArrayList<String>();
            for (var some : started) {
                operations.addAll(some.get());
            }
            return operations;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> startOn(String cluster, Random random) {
        var operations = new ArrayList<String>();
        while (operations.size() < EACH) {
            var rest = (random.nextBoolean() ? one : two).rest();
            if (cluster.equals(OWN) && operations.size() == EACH / 2) { // exclusive: what follows waits for both
                operations.add(start(rest, cluster, "stop", "{}"));
                operations.add(start(rest, cluster, "start", "{}"));
            } else {
                operations.add(startAny(rest, cluster, random));
            }
        }
        return operations;
    }

    private static String startAny(Rest rest, String cluster, Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> start(rest, cluster, "maintenance/checkpoint", "{}");
            case 1 -> start(rest, cluster, "maintenance/analyze", "{'databases':['postgres']}");
            case 2 -> start(rest, cluster, "maintenance/vacuum", "{'databases':['postgres']}");
            default ->
                start(
                        rest,
                        cluster,
                        "maintenance/no-op",
                        "{'exclusive':%b,'stepMillis':%d}".formatted(random.nextBoolean(), random.nextInt(30)));
        };
    }

    private static String start(Rest rest, String cluster, String verb, String body) {
        return rest.post("/v1/clusters/" + cluster + "/" + verb, body).started();
    }
}
