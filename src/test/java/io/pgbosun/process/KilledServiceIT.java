package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * kill -9 of the service at a random moment of every kind of operation; started again on the same state folder, it ends
 * each in its true state, and nothing is left over. Another seed: {@code -Dpgbosun.seed=…}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledServiceIT {
    private static final Duration RESUMED = Duration.ofSeconds(120);
    private static final int LONGEST_DELAY_MILLIS = 250;

    private final long seed = Long.getLong("pgbosun.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Path folder = Service.newFolder();
    private final Path foreign = folder.resolve("foreign");
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final int foreignPort = programs.freePort();
    private Service service;
    private Leftovers leftovers;
    private String kept;
    private String doomed;

    /**
     * How one kind is tried.
     *
     * @param steps how many step events a whole run tells of, about
     * @param truth whether the world is as it should be in the end
     */
    private record Trial(String kind, int steps, Supplier<Rest.Answer> start, Supplier<Boolean> truth) {}

    @BeforeAll
    void prepare() {
        System.out.println("KilledServiceIT: -Dpgbosun.seed=" + seed);
        service = Service.first(folder, "api,worker");
        leftovers = new Leftovers(service);
        rest().provision("kept", 5);
        kept = rest().succeed("/v1/clusters/kept/backups", "{}").getString("result.backup");
        doomed = rest().succeed("/v1/clusters/kept/backups", "{'schemaOnly':true}")
                .getString("result.backup");
        programs.initdb(foreign, "postgres", Secret.of("foreign"));
        programs.configure(
                foreign,
                Map.of(
                        "port", String.valueOf(foreignPort),
                        "listen_addresses", "127.0.0.1",
                        "unix_socket_directories", ""));
        programs.start(foreign);
    }

    @AfterAll
    void clear() {
        Service.clear(folder, service);
    }

    private Rest rest() {
        return service.rest();
    }

    @Test
    void every_kind_that_there_is_is_tried() {
        var kinds = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.pgbosun").stream()
                        .filter(type -> type.isAnnotatedWith(OperationKind.class))
                        .map(type ->
                                type.getAnnotationOfType(OperationKind.class).name())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(kinds, trials().map(Trial::kind).collect(Collectors.toCollection(TreeSet::new)));
    }

    @TestFactory
    Stream<DynamicTest> a_kill_at_any_moment_of_any_kind_ends_in_its_true_state_with_nothing_left_over() {
        return trials().map(trial -> DynamicTest.dynamicTest(trial.kind(), () -> tried(trial)));
    }

    private Stream<Trial> trials() {
        return Stream.concat(clusterTrials(), Stream.concat(dataTrials(), lastTrials()));
    }

    private Stream<Trial> clusterTrials() {
        return Stream.of(
                new Trial(
                        "provision",
                        24,
                        () -> rest().post(
                                        "/v1/clusters",
                                        "{'name':'made','provision':{'standbys':1,'databases':['shop'],'seed':{'pgbenchScale':2}}}"),
                        () -> states("made").equals(List.of("UP", "UP"))),
                new Trial(
                        "register",
                        3,
                        () -> rest().post(
                                        "/v1/clusters",
                                        "{'name':'foreign','register':{'instances':[{'address':'127.0.0.1','port':%d}],'username':'postgres','password':'foreign'}}"
                                                .formatted(foreignPort)),
                        () -> states("foreign").equals(List.of("UP"))),
                new Trial(
                        "stop-cluster",
                        4,
                        () -> rest().post("/v1/clusters/made/stop", "{}"),
                        () -> states("made").equals(List.of("DOWN", "DOWN"))),
                new Trial(
                        "start-cluster",
                        4,
                        () -> rest().post("/v1/clusters/made/start", "{}"),
                        () -> states("made").equals(List.of("UP", "UP"))));
    }

    private Stream<Trial> dataTrials() {
        return Stream.of(
                maintenance("vacuum", "{'databases':['shop','postgres'],'full':true}", 5),
                maintenance("analyze", "{'databases':['shop','postgres']}", 5),
                maintenance("reindex", "{'databases':['shop'],'scope':'DATABASE'}", 4),
                maintenance("checkpoint", "{}", 2),
                maintenance("no-op", "{'stepMillis':50}", 9),
                new Trial(
                        "backup",
                        15,
                        () -> rest().post("/v1/clusters/kept/backups", "{'format':'DIRECTORY','jobs':2}"),
                        () -> backups() == 3),
                new Trial(
                        "drill",
                        24,
                        () -> rest().post(
                                        "/v1/clusters/kept/drills",
                                        "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'pgbench_accounts','atLeast':500000},{'type':'AMCHECK','database':'shop'}]}"
                                                .formatted(kept)),
                        () -> proven(kept) && drills() == 1),
                new Trial(
                        "restore",
                        12,
                        () -> rest().post(
                                        "/v1/clusters/kept/restores",
                                        "{'backup':'%s','database':'shop','swap':true}".formatted(kept)),
                        this::swapped));
    }

    private Trial maintenance(String verb, String body, int steps) {
        return new Trial(
                verb,
                steps,
                () -> rest().post("/v1/clusters/kept/maintenance/" + verb, body),
                () -> states("kept").equals(List.of("UP")));
    }

    private Stream<Trial> lastTrials() {
        return Stream.of(
                new Trial(
                        "delete-backup",
                        6,
                        () -> rest().delete("/v1/backups/" + doomed),
                        () -> rest().get("/v1/backups/" + doomed).status() == 404),
                new Trial(
                        "deregister",
                        4,
                        () -> rest().post("/v1/clusters/foreign/deregister", "{}"),
                        () -> rest().get("/v1/clusters/foreign").status() == 404 && programs.ready(foreign)),
                new Trial(
                        "delete-cluster",
                        12,
                        () -> rest().delete("/v1/clusters/made?confirm=made"),
                        () -> rest().get("/v1/clusters/made").status() == 404));
    }

    private void tried(Trial trial) {
        var after = random.nextInt(trial.steps());
        var delayMillis = random.nextBoolean() ? 0 : random.nextInt(LONGEST_DELAY_MILLIS);
        String operation;
        try (var store = service.store().open()) {
            operation = trial.start().get().started();
            Eventually.closely(
                    "step event %d of %s".formatted(after, trial.kind()),
                    Duration.ofSeconds(60),
                    () -> Integer.parseInt(store.value(ControlDatabase.STEP_EVENTS, operation)) >= after
                            || Set.of("SUCCEEDED", "FAILED").contains(store.value(ControlDatabase.STATE, operation)));
            LockSupport.parkNanos(Duration.ofMillis(delayMillis).toNanos()); // any moment will do
            service.kill();
            System.out.printf(
                    "  %s killed %d ms after step event %d: %s%n",
                    trial.kind(), delayMillis, after, atWhat(store, operation));
        }
        resumed(trial, operation);
    }

    @Test
    void a_kill_within_initdb_leaves_no_password_behind() {
        var operation =
                rest().post("/v1/clusters", "{'name':'guarded','provision':{}}").started();
        Eventually.closely("initdb runs", Duration.ofSeconds(60), () -> service.runs("initdb"));
        service.kill();
        service.start();
        rest().succeeded(operation);
        leftovers.refuse();
    }

    private static String atWhat(ControlDatabase.Session store, String operation) {
        return store.value("""
                select state || coalesce(', ' || (select name || ' ' || state from operation_step s
                  where s.operation = o.id order by place desc limit 1), '') from operation o where id = ?::uuid""", operation);
    }

    private void resumed(Trial trial, String operation) {
        var began = System.nanoTime();
        service.start();
        var ready = System.nanoTime();
        var ended = rest().ended(operation, RESUMED);
        System.out.printf(
                "    ready after %.1f s, ended after %.1f s more%n",
                (ready - began) / 1e9, (System.nanoTime() - ready) / 1e9);
        assertEquals("SUCCEEDED", ended.getString("state"), ended.prettify());
        assertTrue(trial.truth().get(), "the world after " + trial.kind());
        leftovers.refuse();
    }

    private List<String> states(String cluster) {
        return rest().get("/v1/clusters/" + cluster + "/instances").json().getList("items.state");
    }

    private int backups() {
        return rest().get("/v1/clusters/kept/backups").json().getList("items").size();
    }

    private int drills() {
        return rest().get("/v1/clusters/kept/drills").json().getList("items").size();
    }

    private boolean proven(String backup) {
        return "ASSERTED".equals(rest().get("/v1/backups/" + backup).json().getString("confidence"));
    }

    /** The restored database is in its place, the old one is kept, and there is no third. */
    private boolean swapped() {
        var names = rest().get("/v1/clusters/kept/databases").json().<String>getList("items.name");
        return names.size() == 3
                && names.contains("shop")
                && names.stream()
                                .filter(name -> name.startsWith("shop_before_"))
                                .count()
                        == 1;
    }
}
