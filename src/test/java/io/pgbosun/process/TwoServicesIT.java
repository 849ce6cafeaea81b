package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Two services race for operations that conflict. The judge is the journal: the time from the first step's begin to the
 * last one's end, both written inside the lease. Another seed: {@code -Dpgbosun.seed=…}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoServicesIT {
    private static final List<String> CLUSTERS = List.of("red", "green", "blue");
    private static final int EACH = 66;

    private static final String RUNS = """
            with run as (
              select o.id, o.kind, o.created_at, o.locks, tstzrange(min(s.started_at), max(coalesce(s.ended_at, s.started_at)), '[]') as during
              from operation o join operation_step s on s.operation = o.id
              where o.kind <> 'provision' group by o.id),
            hold as (
              select run.*, l->>'resource' as resource, (l->>'exclusive')::boolean as exclusive
              from run, jsonb_array_elements(run.locks) l)
            """;

    private final long seed = Long.getLong("pgbosun.seed", System.nanoTime());
    private final Path folder = Service.newFolder();
    private Service one;
    private Service two;

    @BeforeAll
    void start() {
        one = Service.first(folder, "api,worker");
        CLUSTERS.forEach(cluster -> one.rest().provision(cluster, 1));
        two = one.beside("two", "api,worker");
    }

    @AfterAll
    void clear() {
        Service.clear(folder, one, two);
    }

    @Test
    void conflicting_operations_never_overlap_and_stand_in_line_in_order() {
        System.out.println("TwoServicesIT: -Dpgbosun.seed=" + seed);
        var operations = startAll();
        assertEquals(CLUSTERS.size() * EACH, operations.size());
        Eventually.until(
                () -> "all end; not yet: " + unfinished(),
                Duration.ofMinutes(4),
                Duration.ofMillis(100),
                () -> unfinished().isEmpty());
        var store = one.store();
        assertEquals(
                List.of("SUCCEEDED"),
                store.values("select distinct state from operation where kind <> 'provision'"),
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
                store.number("select count(distinct lease_owner) from operation where kind <> 'provision'"),
                "both services worked");
        assertEquals(0, store.number("select count(*) from operation_lock"));
        assertEquals(0, store.number("select count(*) from operation where lease_epoch <> 1"), "each ran once");
        new Oracle(one).refuseFindings();
    }

    private List<String> unfinished() {
        return one.store().values("select kind || ' ' || state || ' ' || id from operation where ended_at is null");
    }

    /** Each cluster's in an order of its own, through one service or the other. */
    private List<String> startAll() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var started = new ArrayList<Future<List<String>>>();
            for (var cluster : CLUSTERS) {
                started.add(threads.submit(() -> startOn(cluster, new Random(seed + cluster.hashCode()))));
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
            if (operations.size() == EACH / 2) { // exclusive of everything else: what follows waits for both
                operations.add(start(rest, cluster, "stop", "{}"));
                operations.add(start(rest, cluster, "start", "{}"));
            } else {
                operations.add(startAny(rest, cluster, random));
            }
        }
        return operations;
    }

    private static String startAny(Rest rest, String cluster, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> start(rest, cluster, "maintenance/checkpoint", "{}");
            case 1 -> start(rest, cluster, "maintenance/analyze", "{'databases':['shop']}");
            case 2 ->
                start(
                        rest,
                        cluster,
                        "maintenance/reindex",
                        "{'scope':'TABLE','databases':['shop'],'name':'pgbench_tellers'}");
            default ->
                start(rest, cluster, "maintenance/vacuum", "{'databases':['shop'],'tables':['pgbench_branches']}");
        };
    }

    private static String start(Rest rest, String cluster, String verb, String body) {
        return rest.post("/v1/clusters/" + cluster + "/" + verb, body).started();
    }
}
