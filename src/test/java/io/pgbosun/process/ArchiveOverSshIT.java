package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Inhabitants;
import io.pgbosun.adapter.RealSshd;
import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * WAL of servers on hosts that are reached by SSH, fetched into an archive on the service's own machine: whoever dies meanwhile, it
 * has no hole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ArchiveOverSshIT {
    private static final String CLUSTER = "/v1/clusters/far";
    /** The archiver pauses for a minute after three failures, unless more WAL is ready. */
    private static final Duration ARRIVES = Duration.ofSeconds(90);

    private static final int SEGMENTS = 12;
    private static final int KILLS = Scoreboard.size(1, 20);

    private final Path folder = Service.newFolder();
    private final List<RealSshd> sshds = new ArrayList<>();
    private Service service;

    @BeforeAll
    void prepare() throws IOException {
        for (var number = 1; number <= 2; number++) {
            sshds.add(RealSshd.at(host(number), "127.0.0." + (number + 1), null));
            sshds.getLast().authorize(sshds.getFirst());
            Files.createDirectory(data(number));
        }
        var key = sshds.getFirst().clientKey().toString();
        service = Service.first(folder, "api,worker", Map.of("PGBOSUN_SSH_KEY_FILE", key));
        for (var number = 1; number <= 2; number++) {
            var sshd = sshds.get(number - 1);
            var made = service.rest().post("/v1/hosts", sshd.asHost("db" + number, data(number), "127.0.0.0/8"));
            assertEquals(201, made.status(), made.toString());
        }
        service.rest().succeed("/v1/clusters", "{'name':'far','provision':{'host':'db1','databases':['shop']}}");
        service.rest().succeed(CLUSTER + "/instances", "{'host':'db2'}");
        at(1).run("shop", "create table event (id int primary key)");
    }

    @AfterAll
    void clear() {
        sshds.forEach(RealSshd::close);
        Service.clear(folder, service);
    }

    private Path host(int number) {
        return folder.resolve("host-" + number);
    }

    private Path data(int number) {
        return host(number).resolve("data");
    }

    private Path directory(int number) {
        return data(number).resolve("far").resolve("far-" + number);
    }

    private Path archive() {
        return service.home().resolve("backups/wal/far");
    }

    private Superuser at(int number) {
        return new Superuser(service, "far", "far-" + number);
    }

    /** Ends a segment that holds a row more. */
    private String segment(int number, int row) {
        at(number).run("shop", "insert into event values (%d)".formatted(row));
        return at(number).values("select pg_walfile_name(pg_switch_wal())").getFirst();
    }

    private void arrives(String segment) {
        Eventually.until(
                segment + " arrives", ARRIVES, () -> Files.exists(archive().resolve(segment)));
    }

    private String state() {
        return service.rest().get(CLUSTER + "/wal-archive").json().getString("state");
    }

    private List<String> rows(String cluster) {
        return new Superuser(service, cluster)
                .values("shop", "select string_agg(id::text, ' ' order by id) from event");
    }

    @Test
    @Order(1)
    void a_cluster_on_other_hosts_is_recovered_to_a_moment() {
        var enabled = service.rest().succeed(CLUSTER + "/wal-archive", "{}");
        assertTrue(Files.exists(archive().resolve(enabled.getString("result.firstSegment"))));
        assertEquals("WORKING", state());
        service.rest().succeed(CLUSTER + "/backups", "{'engine':'PG_BASEBACKUP'}");
        arrives(segment(1, 1));
        var moment = at(1).values("select clock_timestamp()::text").getFirst().replace(' ', 'T');
        arrives(segment(1, 2));
        service.rest()
                .succeed(
                        "/v1/clusters",
                        "{'name':'back','recover':{'source':'far','to':{'time':'%s:00'}}}".formatted(moment));
        assertEquals(List.of("1"), rows("back"));
    }

    @Test
    @Order(2)
    void a_kill_of_the_service_while_it_fetches_leaves_no_hole() {
        var board = Scoreboard.of("R1", "kill -9 while WAL is fetched by SSH: the archive is whole");
        for (var kill = 0; kill < KILLS; kill++) {
            var first = 100 * (kill + 1);
            board.run(() -> {
                service.kill();
                var segments = new ArrayList<String>();
                for (var row = first; row < first + SEGMENTS; row++) {
                    segments.add(segment(1, row));
                }
                service.start();
                var third = segments.get(2);
                Eventually.closely(
                        third + " arrives",
                        ARRIVES,
                        () -> Files.exists(archive().resolve(third)));
                service.kill();
                service.start();
                segments.forEach(this::arrives);
                Eventually.until("all is well", ARRIVES, () -> state().equals("WORKING"));
                var recoverability =
                        service.rest().get(CLUSTER + "/recoverability").json();
                assertEquals(List.of(), recoverability.getList("holes"), recoverability.prettify());
            });
        }
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
        board.show();
        new Oracle(service).refuseFindings();
    }

    @Test
    @Order(3)
    void another_file_under_the_name_of_a_segment_is_not_replaced_and_told_in_the_log_of_the_server()
            throws IOException {
        at(1).run("shop", "insert into event values (7)"); // at the very end of a segment, its name would be told
        var next = at(1).values("select pg_walfile_name(pg_current_wal_lsn())").getFirst();
        var other = Files.writeString(archive().resolve(next), "another");
        assertEquals(next, segment(1, 3));
        Eventually.until("it is told", ARRIVES, () -> state().equals("FAILING"));
        assertEquals("another", Files.readString(other));
        var log = Files.readString(directory(1).resolveSibling("far-1.log"));
        assertTrue(log.contains("pgbosun: " + next + " is not archived: " + other + " is there already"), log);
        Files.delete(other);
        var after = segment(1, 4); // ends the archiver's pause
        arrives(next);
        arrives(after);
        Eventually.until("all is well", ARRIVES, () -> state().equals("WORKING"));
    }

    @Test
    @Order(4)
    void a_switchover_leaves_no_hole_between_the_timelines() throws IOException {
        service.rest().succeed(CLUSTER + "/switchovers?reason=test", "{'candidate':'far-2'}");
        var later = segment(2, 5);
        assertTrue(later.startsWith("00000002"), later);
        arrives(later);
        arrives("00000002.history");
        var recoverability = service.rest().get(CLUSTER + "/recoverability").json();
        assertEquals(List.of(), recoverability.getList("holes"), recoverability.prettify());
        service.rest().succeed("/v1/clusters", "{'name':'newest','recover':{'source':'far','host':'db1'}}");
        assertEquals(at(2).values("shop", "select string_agg(id::text, ' ' order by id) from event"), rows("newest"));
        new Oracle(service).refuseFindings();
    }

    @Test
    @Order(5)
    void what_a_server_has_left_that_died_with_its_host_is_fetched_once_the_host_is_back() {
        service.kill();
        var left = segment(2, 6);
        sshds.get(1).kill();
        Inhabitants.kill(host(2));
        service.start();
        assertFalse(Files.exists(archive().resolve(left)));
        sshds.get(1).start();
        arrives(left);
    }
}
