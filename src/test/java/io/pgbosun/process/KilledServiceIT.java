package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.process.KillTrials.Trial;
import io.pgbosun.secret.Secret;
import io.pgbosun.secret.Vault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * R1 with real processes: kill -9 of the service within every kind of operation; started again on the same state folder,
 * it ends each in its true state, and nothing is left over. By default at one moment of each kind, by chance; when long,
 * at every event of every kind, before it is committed and after.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledServiceIT {
    private static final Duration RESUMED = Duration.ofSeconds(120);
    private static final int LONGEST_DELAY_MILLIS = 250;
    /** The first event says that it was accepted, before the caller has its answer. */
    private static final int FIRST_EVENT = 2;

    private final Scoreboard board = Scoreboard.of("R1", "kill -9 of a real service within every kind");
    private final Random random = Seed.of(KilledServiceIT.class).random("moments");
    private final Path folder = Service.newFolder();
    private final Path foreign = folder.resolve("foreign");
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final int foreignPort = programs.freePort();
    private Service service;
    private Leftovers leftovers;
    private Gate gate;
    private String kept;
    private int rounds;

    /** When the service is killed. */
    private sealed interface Moment {
        /** When this event is written and not committed; it then is or is not, and nobody is there to hear of it. */
        record AtEvent(int number, boolean committed) implements Moment {}

        /** So long after so many steps were told of. */
        record Between(int steps, int delayMillis) implements Moment {}
    }

    @BeforeAll
    void prepare() {
        service = Service.first(folder, "api,worker");
        leftovers = new Leftovers(service);
        gate = new Gate(service.store());
        rest().provision("kept", Scoreboard.size(5, 1));
        kept = rest().succeed("/v1/clusters/kept/backups", "{}").getString("result.backup");
        rest().succeed("/v1/clusters/kept/backups", "{'engine':'PG_BASEBACKUP'}");
        rest().provision("spare", 1);
        rest().post("/v1/backup-policies", "{'name':'one','cluster':'spare','retention':{'keepLast':1}}");
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
        board.show();
        gate.close();
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
        assertEquals(kinds, trials("none").all().map(Trial::kind).collect(Collectors.toCollection(TreeSet::new)));
    }

    @TestFactory
    Stream<DynamicTest> a_kill_at_any_moment_of_any_kind_ends_in_its_true_state_with_nothing_left_over() {
        return round().map(trial -> DynamicTest.dynamicTest(trial.kind(), () -> tried(trial, any(trial))));
    }

    /** Another round for as long as a kind has an event of that number. */
    @Test
    void a_kill_at_every_event_of_every_kind_ends_in_its_true_state_with_nothing_left_over() {
        var reached = Scoreboard.LONG;
        for (int number = FIRST_EVENT; reached; number++) {
            reached = false;
            for (var committed : new boolean[] {false, true}) {
                for (var trial : round().toList()) {
                    reached |= tried(trial, new Moment.AtEvent(number, committed));
                }
            }
        }
    }

    private KillTrials trials(String doomed) {
        return new KillTrials(service, programs, foreign, foreignPort, rounds, kept, doomed);
    }

    private Stream<Trial> round() {
        dropReplaced();
        if (rest().get("/v1/clusters/copied").status() == 200) { // what the round before has recovered
            rest().succeeded(rest().delete("/v1/clusters/copied?confirm=copied").started());
        }
        var doomed = rest().succeed("/v1/clusters/kept/backups", "{'schemaOnly':true}")
                .getString("result.backup");
        for (int backup = 0; backup < 2; backup++) {
            rest().succeed("/v1/clusters/spare/backups", "{'schemaOnly':true}");
        }
        var trials = trials(doomed);
        rounds++;
        return trials.all();
    }

    /** What the restore of the round before has put aside. */
    private void dropReplaced() {
        var port = rest().get("/v1/clusters/kept/instances").json().getString("items[0].port");
        var sealed = service.store().value("select password from cluster where name = 'kept'");
        var password = Vault.open(service.home().resolve("keys"))
                .unseal(sealed, "clusters/kept")
                .reveal();
        try (var session = ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", password)) {
            session.values("select datname from pg_database where datname like 'shop\\_before\\_%'")
                    .forEach(name -> session.run("drop database \"" + name + "\""));
        }
    }

    private Moment any(Trial trial) {
        if (random.nextInt(3) == 0) {
            return new Moment.Between(
                    random.nextInt(trial.steps()), random.nextBoolean() ? 0 : random.nextInt(LONGEST_DELAY_MILLIS));
        }
        return new Moment.AtEvent(FIRST_EVENT + random.nextInt(trial.steps() + 1), random.nextBoolean());
    }

    /** Answers whether the moment came before the end. */
    private boolean tried(Trial trial, Moment moment) {
        var came = new boolean[1];
        board.run(() -> {
            String operation;
            try (var store = service.store().open()) {
                operation = started(trial, moment);
                came[0] = killed(store, operation, moment);
                System.out.printf("  %s, killed %s: %s%n", trial.kind(), moment, atWhat(store, operation));
            }
            resumed(trial, operation);
        });
        return came[0];
    }

    private String started(Trial trial, Moment moment) {
        if (moment instanceof Moment.AtEvent event) {
            gate.shut(event.number());
        }
        return trial.start().get().started();
    }

    private boolean killed(ControlDatabase.Session store, String operation, Moment moment) {
        return switch (moment) {
            case Moment.AtEvent event -> {
                Eventually.closely("the gate", Duration.ofSeconds(60), () -> gate.reached() || ended(store, operation));
                var reached = gate.reached();
                service.kill();
                if (event.committed()) {
                    gate.open();
                } else {
                    gate.refuse();
                }
                yield reached;
            }
            case Moment.Between between -> {
                Eventually.closely(
                        "step event " + between.steps(),
                        Duration.ofSeconds(60),
                        () -> Integer.parseInt(store.value(ControlDatabase.STEP_EVENTS, operation)) >= between.steps()
                                || ended(store, operation));
                LockSupport.parkNanos(Duration.ofMillis(between.delayMillis()).toNanos()); // any moment will do
                var ended = ended(store, operation);
                service.kill();
                yield !ended;
            }
        };
    }

    private static boolean ended(ControlDatabase.Session store, String operation) {
        return store.value("select id::text from operation where id = ?::uuid and ended_at is not null", operation)
                != null;
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
        var ended = rest().ended(operation, RESUMED);
        board.recovered(Duration.ofNanos(System.nanoTime() - began));
        assertEquals("SUCCEEDED", ended.getString("state"), ended.prettify());
        assertTrue(trial.truth().get(), "the world after " + trial.kind());
        leftovers.refuse();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }
}
