package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.adapter.RealPgBouncer;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.process.KillTrials.Trial;
import io.pgbosun.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
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
    private final Scoreboard board = Scoreboard.of("R1", "kill -9 of a real service within every kind");
    private final Random random = Seed.of(KilledServiceIT.class).random("moments");
    private final Path folder = Service.newFolder();
    private final Path foreign = folder.resolve("foreign");
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final int foreignPort = programs.freePort();
    private RealPgBouncer pooler;
    private Service service;
    private Leftovers leftovers;
    private Kill kill;
    private String kept;
    private int rounds;

    @BeforeAll
    void prepare() {
        pooler = RealPgBouncer.start(folder.resolve("pooler"));
        service = Service.first(folder, "api,worker");
        leftovers = new Leftovers(service);
        kill = new Kill(service, board, leftovers, true);
        rest().provision("kept", Scoreboard.size(5, 1));
        kept = rest().succeed("/v1/clusters/kept/backups", "{}").getString("result.backup");
        rest().succeed("/v1/clusters/kept/backups", "{'engine':'PG_BASEBACKUP'}");
        rest().post(
                        "/v1/clusters/kept/poolers",
                        "{'name':'front','address':'127.0.0.1','port':%d,'username':'%s','password':'%s','configFile':'%s','databases':[{'name':'shop'}]}"
                                .formatted(
                                        pooler.port, RealPgBouncer.ADMIN, RealPgBouncer.PASSWORD, pooler.databases()));
        rest().succeed("/v1/clusters/kept/pooler-configs", "{'pooler':'front'}");
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
        kill.close();
        pooler.close();
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
        var tried = Stream.concat(trials("none").all().map(Trial::kind), PatroniIT.KILLED.stream());
        assertEquals(kinds, tried.collect(Collectors.toCollection(TreeSet::new)));
    }

    @TestFactory
    Stream<DynamicTest> a_kill_at_any_moment_of_any_kind_ends_in_its_true_state_with_nothing_left_over() {
        return round().map(trial ->
                DynamicTest.dynamicTest(trial.kind(), () -> kill.tried(trial, Kill.any(trial, random))));
    }

    /** Another round for as long as a kind has an event of that number. */
    @Test
    void a_kill_at_every_event_of_every_kind_ends_in_its_true_state_with_nothing_left_over() {
        var reached = Scoreboard.LONG;
        for (int number = Kill.FIRST_EVENT; reached; number++) {
            reached = false;
            for (var committed : new boolean[] {false, true}) {
                for (var trial : round().toList()) {
                    reached |= kill.tried(trial, new Kill.Moment.AtEvent(number, committed));
                }
            }
        }
    }

    private KillTrials trials(String doomed) {
        return new KillTrials(service, programs, foreign, foreignPort, pooler.databases(), rounds, kept, doomed);
    }

    private Stream<Trial> round() {
        new Superuser(service, "kept")
                .dropLike("shop\\_before\\_%"); // what the restore of the round before has put aside
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
}
