package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.RealSshd;
import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.process.Kill.Moment;
import io.pgbosun.process.KillTrials.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Recovery onto a host that is reached by SSH, where neither the backup nor the archived WAL is: both are brought there, also when
 * the service is killed within it. By default at one moment, by chance; with {@code -Dpgbosun.each=step}, or when long, at every
 * event.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecoverOverSshIT {
    private static final boolean EACH_STEP = Scoreboard.LONG || "step".equals(System.getProperty("pgbosun.each"));
    private static final long SEGMENT_BYTES = 16 << 20;
    private static final String COPIED = "/v1/clusters/copied";

    private final Scoreboard board = Scoreboard.of(
            "R1", "kill -9 " + (EACH_STEP ? "at each step of" : "within") + " recover onto a host by SSH");
    private final Random random = Seed.of(RecoverOverSshIT.class).random("moments");
    private final Path folder = Service.newFolder();
    private RealSshd sshd;
    private Service service;
    private Kill kill;

    @BeforeAll
    void prepare() throws IOException {
        sshd = RealSshd.at(folder.resolve("host"), "127.0.0.2", null);
        var key = sshd.clientKey().toString();
        service = Service.first(folder, "api,worker", Map.of("PGBOSUN_SSH_KEY_FILE", key));
        kill = new Kill(service, board, new Leftovers(service), false);
        Files.createDirectory(data());
        var made = service.rest().post("/v1/hosts", sshd.asHost("db1", data(), "127.0.0.0/8"));
        assertEquals(201, made.status(), made.toString());
        service.rest().provision("kept", 1);
        service.rest().succeed("/v1/clusters/kept/wal-archive", "{}");
        service.rest().succeed("/v1/clusters/kept/backups", "{'engine':'PG_BASEBACKUP'}");
        new Superuser(service, "kept").run("shop", "create table later as select generate_series(1, 1000) as id");
    }

    private Path data() {
        return folder.resolve("data");
    }

    @AfterAll
    void clear() {
        board.show();
        kill.close();
        new Oracle(service).refuseFindings();
        sshd.close();
        Service.clear(folder, service);
    }

    private String body() {
        return "{'name':'copied','recover':{'source':'kept','host':'db1'}}";
    }

    /** With what was committed after the backup, so that WAL was read; and nothing lies beside the data directory. */
    private boolean isRecovered() {
        var instances = service.rest().get(COPIED + "/instances").json();
        return List.of("UP").equals(instances.getList("items.state"))
                && List.of("127.0.0.2").equals(instances.getList("items.address"))
                && new Superuser(service, "copied")
                        .values("select pg_is_in_recovery()::text")
                        .equals(List.of("false"))
                && new Superuser(service, "copied")
                        .values("shop", "select count(*)::text from later")
                        .equals(List.of("1000"))
                && List.of("copied-1", "copied-1.log").equals(names(data().resolve("copied")));
    }

    private static List<String> names(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_preview_counts_the_wal_that_is_copied_as_well() {
        var plan = service.rest().post("/v1/clusters?preview=true", body());
        assertEquals(200, plan.status(), plan.toString());
        var backup = service.rest().get("/v1/clusters/kept/backups").json().getLong("items[0].sizeBytes");
        var disk = plan.json().getLong("blastRadius.diskBytes");
        assertTrue(disk >= backup + SEGMENT_BYTES, () -> disk + " of " + backup);
    }

    @Test
    void a_cluster_is_recovered_on_the_host_and_a_kill_within_it_leaves_nothing_there() {
        var reached = true;
        for (var number = Kill.FIRST_EVENT; reached; number++) {
            var trial = new Trial("recover", 18, () -> service.rest().post("/v1/clusters", body()), this::isRecovered);
            var moment = EACH_STEP ? new Moment.AtEvent(number, random.nextBoolean()) : Kill.any(trial, random);
            reached = kill.tried(trial, moment) && EACH_STEP;
            var removed = service.rest().delete(COPIED + "?confirm=copied").started();
            service.rest().succeeded(removed);
            assertTrue(!Files.exists(data().resolve("copied"))
                    || names(data().resolve("copied")).isEmpty());
        }
    }
}
