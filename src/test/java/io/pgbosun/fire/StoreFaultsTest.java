package io.pgbosun.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.audit.AuditSeal;
import io.pgbosun.law.LawDatabase;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R13: the whole engine, from the call that starts an operation to the one that reads its end, over a control database
 * of which every use may be refused or get lost, before or after it was done.
 */
@QuarkusTest
@WithTestResource(LawDatabase.class)
@TestProfile(StoreFaultsTest.Profile.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreFaultsTest {
    private static final int CLUSTERS = 12;
    private static final int CALLERS = 8;
    private static final int OPERATIONS = Scoreboard.size(120, 1600);
    private static final double[] SHARES = {0.01, 0.05, 0.1};
    private static final Duration END = Duration.ofMinutes(3);

    private final Scoreboard board = Scoreboard.of("R13", "every use of the store fails by chance");
    private final Api api = Api.admin();
    private final Map<String, String> accepted = new ConcurrentHashMap<>();
    private Seed seed;

    @Inject
    Store store;

    @Inject
    StoreFaults faults;

    @Inject
    CheckpointCounter checkpoints;

    @Inject
    AuditSeal seal;

    /** The service as it is, worker and all, but for its store and the servers of clusters. */
    public static class Profile implements QuarkusTestProfile {
        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Stream.concat(FaultyStore.beans(), Stream.of(CheckpointCounter.class))
                    .collect(Collectors.toSet());
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.log.category.\"io.pgbosun\".level",
                    "ERROR",
                    "quarkus.log.category.\"io.vertx\".level",
                    "OFF");
        }
    }

    @BeforeAll
    void register() {
        seed = Seed.of(StoreFaultsTest.class);
        for (int i = 0; i < CLUSTERS; i++) {
            store.update(
                    "insert into cluster (name, driver, origin, username, ssl_mode) values ($1, 'NATIVE', 'REGISTERED', 'postgres', 'disable')",
                    cluster(i));
            store.update(
                    "insert into instance (cluster, name, address, port) values ($1, $1 || '-1', '127.0.0.1', $2)",
                    cluster(i),
                    i + 1);
        }
    }

    private static String cluster(int number) {
        return "faulty-" + number;
    }

    @AfterAll
    void show() {
        System.out.printf("StoreFaultsTest: %d uses of the store, faults %s%n", faults.uses(), faults.hits());
        board.show();
    }

    @Test
    void what_was_accepted_ends_once_and_is_told_truly_however_the_store_fails() {
        for (var share : SHARES) {
            var before = Set.copyOf(accepted.keySet());
            faults.begin(seed.random("faults " + share), share);
            board.count(OPERATIONS);
            startAll(share);
            awaitAll();
            faults.end();
            awaitAll();
            assertEquals(before.size() + OPERATIONS, accepted.size());
            assertInvariants();
            board.passed(OPERATIONS);
        }
        board.checked("I1", "I2", "I3", "I4", "I5", "I8");
        assertEquals(Set.of(StoreFaults.Fault.values()), faults.hits().keySet(), "every fault was met");
    }

    private void startAll(double share) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var callers = new ArrayList<Future<?>>();
            for (int caller = 0; caller < CALLERS; caller++) {
                var name = share + " " + caller;
                callers.add(threads.submit(() -> startSome(name, seed.random(name))));
            }
            for (var caller : callers) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void startSome(String caller, Random random) {
        for (int i = 0; i < OPERATIONS / CALLERS; i++) {
            var key = caller + " " + i;
            var path = "/v1/clusters/" + cluster(random.nextInt(CLUSTERS)) + "/maintenance/";
            var checkpoint = random.nextInt(4) == 0;
            var body = checkpoint ? "{}" : "{'exclusive':%b,'steps':2}".formatted(random.nextBoolean());
            var operation = persistently(
                            202,
                            () -> api.request()
                                    .header("Idempotency-Key", key)
                                    .body(body.replace('\'', '"'))
                                    .post(path + (checkpoint ? "checkpoint" : "no-op")))
                    .jsonPath()
                    .getString("id");
            accepted.put(key, operation);
            if (random.nextInt(8) == 0) {
                persistently(200, () -> api.post("/v1/operations/" + operation + "/cancel", "{}"));
            }
        }
    }

    /** As a good caller does: whoever is told to come back comes back; and nothing else is to be told. */
    private static Response persistently(int wanted, java.util.function.Supplier<Response> call) {
        while (true) {
            var answer = call.get();
            if (answer.statusCode() == wanted || answer.statusCode() == 422) { // ended before the cancel came
                return answer;
            }
            var later = answer.statusCode() == 503
                    || answer.statusCode() == 409
                            && answer.jsonPath().getString("type").endsWith(":busy");
            assertTrue(later, () -> answer.statusCode() + " " + answer.asString());
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private void awaitAll() {
        var deadline = System.nanoTime() + END.toNanos();
        var left = List.copyOf(accepted.values());
        while (!left.isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "not ended: " + left);
            left = left.stream().filter(operation -> !done(operation)).toList();
        }
    }

    private boolean done(String operation) {
        return persistently(200, () -> api.get("/v1/operations/" + operation + "?wait=1s"))
                .jsonPath()
                .getBoolean("done");
    }

    private void assertInvariants() {
        accepted.forEach((key, operation) -> assertEquals(
                Optional.of(operation), one("select id::text from operation where idempotency_key = $1", key)));
        assertEquals(
                List.of(),
                all(
                        "select id || ' ' || state || coalesce(problem::text, '') from operation where state not in ('SUCCEEDED', 'CANCELLED')"),
                "how they end");
        assertHistory();
        assertLines();
        assertEffects();
        while (seal.seal() > 0) {
            // until nothing is left unsealed
        }
        assertEquals(Optional.empty(), seal.firstBroken());
        var diagnosis = api.get("/v1/diagnosis").jsonPath();
        assertEquals(
                List.of(),
                diagnosis.getList("checks.findings.flatten().findAll { it.subject != null }"),
                diagnosis::prettify);
    }

    private void assertHistory() {
        assertEquals(List.of(), all("""
                select operation::text from operation_event group by operation having count(*) <> max(number)
                union all
                select id::text from operation o where last_event <> (select max(number) from operation_event e where e.operation = o.id)
                """), "events without a gap");
        assertEquals(List.of(), all("""
                select operation || ' ' || array_agg(data->>'state' order by number)::text from operation_event where type = 'STATE' group by operation
                having count(*) filter (where data->>'state' in ('SUCCEEDED', 'CANCELLED')) <> 1
                  or (array_agg(data->>'state' order by number desc))[1] not in ('SUCCEEDED', 'CANCELLED')
                """), "one final state, and nothing after it");
        assertEquals(List.of(), all("""
                select o.id::text from operation o
                where (select count(*) from audit_entry a where a.operation = o.id)
                  <> (select count(*) from operation_event e where e.operation = o.id and e.type = 'STATE')
                """), "an audit entry for each change of state");
        assertEquals(List.of(), all("""
                select operation || ' ' || (data->>'step') from operation_event where type = 'STEP' and data->>'state' = 'DONE'
                group by operation, data->>'step' having count(*) > 1
                """), "a step is told to be done once");
        assertEquals(List.of(), all("select operation::text from operation_lock"), "no lock is left");
    }

    /** Nothing that conflicts ran at the same time. */
    private void assertLines() {
        assertEquals(List.of(), all("""
                with run as (
                  select o.id, o.locks, tstzrange(min(s.started_at), max(coalesce(s.ended_at, s.started_at)), '[]') as during
                  from operation o join operation_step s on s.operation = o.id group by o.id),
                hold as (
                  select run.id, during, l->>'resource' as resource, (l->>'exclusive')::boolean as exclusive
                  from run, jsonb_array_elements(run.locks) l)
                select a.id || ' and ' || b.id || ' on ' || a.resource
                from hold a join hold b on a.resource = b.resource and a.id < b.id and (a.exclusive or b.exclusive)
                where a.during && b.during
                """));
    }

    /** A run made its checkpoint once, and what succeeded made one. */
    private void assertEffects() {
        var made = checkpoints.checkpoints();
        assertEquals(Set.of(1), Set.copyOf(made.values()), made::toString);
        var operations = made.keySet().stream().map(tag -> tag.split(":")[1]).collect(Collectors.toSet());
        assertEquals(
                List.of(),
                all("select id::text from operation where kind = 'checkpoint' and state = 'SUCCEEDED'").stream()
                        .filter(id -> !operations.contains(id))
                        .toList());
    }

    private Optional<String> one(String sql, Object... parameters) {
        return store.one("select (" + sql + ") as value", parameters).map(row -> row.text("value"));
    }

    private List<String> all(String sql) {
        return store.query("select value from (" + sql + ") as found(value)").stream()
                .map(row -> row.text("value"))
                .toList();
    }
}
