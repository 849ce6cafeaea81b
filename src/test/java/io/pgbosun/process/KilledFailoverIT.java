package io.pgbosun.process;

import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.process.Kill.Moment;
import io.pgbosun.process.KillTrials.Trial;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * R1 for what changes the primary: kill -9 of the service within switchover, failover and rejoin of a cluster with two
 * standbys behind a real PgBouncer. However it was, there is one primary in the end, clients are led to it, and none waits. By
 * default at one moment of each, by chance; with {@code -Dpgbosun.each=step}, or when long, at every event, before its commit or
 * after as chance has it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledFailoverIT {
    private static final boolean EACH_STEP = Scoreboard.LONG || "step".equals(System.getProperty("pgbosun.each"));

    private final Scoreboard board = Scoreboard.of(
            "R1",
            "kill -9 " + (EACH_STEP ? "at each step of" : "within")
                    + " switchover, failover, rejoin with two standbys and a pooler");
    private final Random random = Seed.of(KilledFailoverIT.class).random("moments");
    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private Service service;
    private PooledCluster cluster;
    private Kill kill;
    private String old;

    @BeforeAll
    void prepare() {
        service = Service.first(folder, "api,worker");
        cluster = PooledCluster.make(service, "led", "", folder.resolve("pooler"));
        kill = new Kill(service, board, new Leftovers(service), false);
    }

    @AfterAll
    void clear() {
        board.show();
        kill.close();
        cluster.close();
        Service.clear(folder, service);
    }

    private void tried(Supplier<Trial> next, Runnable afterwards) {
        var reached = true;
        for (var number = Kill.FIRST_EVENT; reached; number++) {
            var trial = next.get();
            var moment = EACH_STEP ? new Moment.AtEvent(number, random.nextBoolean()) : Kill.any(trial, random);
            reached = kill.tried(trial, moment) && EACH_STEP;
            cluster.write();
            afterwards.run();
        }
    }

    private boolean leads(int standbys) {
        var roles = cluster.roles();
        return Collections.frequency(roles, "PRIMARY") == 1
                && Collections.frequency(roles, "STANDBY") == standbys
                && cluster.isLed();
    }

    @Test
    void a_switchover_ends_with_one_primary_and_clients_that_are_led_to_it() {
        tried(
                () -> new Trial(
                        "switchover",
                        36,
                        () -> service.rest().post(cluster.path("/switchovers?reason=trial"), "{}"),
                        () -> leads(2)),
                () -> {});
    }

    @Test
    void a_failover_ends_with_one_primary_and_clients_that_are_led_to_it() {
        tried(
                () -> new Trial(
                        "failover",
                        30,
                        () -> {
                            dies();
                            return service.rest()
                                    .post(
                                            cluster.path("/failovers?reason=trial"),
                                            "{'acceptDataLossUpToBytes':1073741824}");
                        },
                        () -> leads(1)),
                () -> service.rest().succeed(cluster.path("/rejoins"), "{'instance':'%s'}".formatted(old)));
    }

    @Test
    void a_rejoin_ends_with_a_standby_that_follows() {
        tried(
                () -> {
                    dies();
                    service.rest()
                            .succeed(cluster.path("/failovers?reason=trial"), "{'acceptDataLossUpToBytes':1073741824}");
                    return new Trial(
                            "rejoin",
                            20,
                            () -> service.rest().post(cluster.path("/rejoins"), "{'instance':'%s'}".formatted(old)),
                            () -> leads(2));
                },
                () -> {});
    }

    private void dies() {
        old = cluster.primary();
        programs.halt(cluster.directory(old));
    }
}
