package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Inhabitants;
import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.adapter.RealSshd;
import io.pgbosun.fire.Scoreboard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A cluster on three hosts that are reached by SSH, each with a real sshd and an address of its own, behind a real PgBouncer. A host
 * dies with all that runs on it, and comes back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SshHostsIT {
    private static final int ROUNDS = Scoreboard.size(1, 20);
    private static final Duration REPORTED_WITHIN = Duration.ofSeconds(10);

    private final Path folder = Service.newFolder();
    private final LocalPgPrograms programs = new LocalPgPrograms();
    private final List<RealSshd> sshds = new ArrayList<>();
    private Service service;
    private PooledCluster cluster;

    @BeforeAll
    void prepare() {
        for (var number = 1; number <= 3; number++) {
            sshds.add(RealSshd.at(host(number), address(number), null));
            sshds.getLast().authorize(sshds.getFirst());
        }
        var key = sshds.getFirst().clientKey().toString();
        service = Service.first(folder, "api,worker", Map.of("PGBOSUN_SSH_KEY_FILE", key));
    }

    @AfterAll
    void clear() {
        if (cluster != null) {
            cluster.close();
        }
        sshds.forEach(RealSshd::close);
        Service.clear(folder, service);
    }

    private static String address(int number) {
        return "127.0.0." + (number + 1);
    }

    private Path host(int number) {
        return folder.resolve("host-" + number);
    }

    private Path data(int number) {
        return host(number).resolve("data");
    }

    /** Without the comment. */
    private String hostKey(int number) {
        var words = sshds.get(number - 1).hostKey().split(" ");
        return words[0] + " " + words[1];
    }

    private String asHost(int number, String hostKey) {
        return sshds.get(number - 1)
                .asHost("db" + number, data(number), "127.0.0.0/8")
                .replace(hostKey(number), hostKey);
    }

    @Test
    @Order(1)
    void a_host_is_refused_unless_it_shows_the_expected_key_and_has_the_data_root() throws IOException {
        var other = service.rest().post("/v1/hosts", asHost(1, hostKey(2)));
        assertEquals(422, other.status(), other.toString());
        assertTrue(other.json().getString("detail").contains("SHA256:"), other.toString());
        var absent = service.rest().post("/v1/hosts", asHost(1, hostKey(1)));
        assertEquals(400, absent.status(), absent.toString());
        assertEquals("dataRoot", absent.json().getString("errors[0].field"));
        for (var network : List.of("127.0.0.0/33", "1.2.3/8", "::1/129", "1.2.3.400/8", "fd00::g/64")) {
            var refused = service.rest().post("/v1/hosts", asHost(1, hostKey(1)).replace("127.0.0.0/8", network));
            assertEquals(400, refused.status(), network + ": " + refused);
            assertTrue(refused.json().getString("errors[0].field").startsWith("networks"), refused.toString());
        }
        var alone = asHost(1, hostKey(1)).replace("['127.0.0.0/8']", "[]").replace("127.0.0.2", "db1.example.com");
        var unreachable = service.rest().post("/v1/hosts", alone);
        assertEquals(400, unreachable.status(), unreachable.toString());
        assertEquals("networks", unreachable.json().getString("errors[0].field"));
        Files.createDirectory(
                data(1), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        var closed = service.rest().post("/v1/hosts", asHost(1, hostKey(1)));
        assertEquals(400, closed.status(), closed.toString());
        assertEquals("dataRoot", closed.json().getString("errors[0].field"));
        Files.delete(data(1));
        for (var number = 1; number <= 3; number++) {
            Files.createDirectory(data(number));
            var made = service.rest().post("/v1/hosts", asHost(number, hostKey(number)));
            assertEquals(201, made.status(), made.toString());
            assertEquals(programs.majorVersion(), made.json().getInt("postgresVersion"));
        }
    }

    @Test
    @Order(2)
    void a_cluster_spans_hosts_and_is_switched_over_between_them() {
        service.rest().succeed("/v1/clusters", "{'name':'far','provision':{'host':'db1','databases':['shop']}}");
        service.rest().succeed("/v1/clusters/far/instances", "{'host':'db2'}");
        service.rest().succeed("/v1/clusters/far/instances", "{'host':'db3'}");
        cluster = PooledCluster.before(service, "far", folder.resolve("pooler"));
        var instances = service.rest().get("/v1/clusters/far/instances").json();
        assertEquals(List.of("127.0.0.2", "127.0.0.3", "127.0.0.4"), instances.getList("items.address"));
        assertEquals(List.of("PRIMARY", "STANDBY", "STANDBY"), cluster.roles());
        cluster.write();
        var result = service.rest().succeed(cluster.path("/switchovers?reason=test"), "{'candidate':'far-2'}");
        assertEquals("far-2", result.getString("result.newPrimary"));
        cluster.write();
        assertEquals(List.of("STANDBY", "PRIMARY", "STANDBY"), cluster.roles());
    }

    /** What was started there goes with it, sshd too. */
    private int dies() {
        var number = Integer.parseInt(cluster.primary().substring("far-".length()));
        sshds.get(number - 1).kill();
        Inhabitants.kill(host(number));
        return number;
    }

    @Test
    @Order(3)
    void a_host_that_dies_is_failed_over_from_and_its_primary_takes_no_writes_when_it_is_back() {
        var board = Scoreboard.of(
                "R9", "the primary's whole host dies (PostgreSQL and sshd), and comes back with a primary");
        for (var round = 0; round < ROUNDS; round++) {
            board.run(() -> {
                var number = dies();
                var old = "far-" + number;
                var result = service.rest()
                        .succeed(
                                cluster.path("/failovers?reason=the+host+is+dead"),
                                "{'acceptDataLossUpToBytes':1099511627776}");
                assertEquals(old, result.getString("result.oldPrimary"));
                cluster.write();
                sshds.get(number - 1).start();
                programs.start(directory(number)); // as an init system does
                Eventually.until(
                        "the old primary is stopped for good",
                        REPORTED_WITHIN,
                        () -> programs.comesUpAsStandby(directory(number)));
                assertFalse(programs.running(directory(number)));
                cluster.write();
                service.rest().succeed(cluster.path("/rejoins"), "{'instance':'%s'}".formatted(old));
                assertEquals(2, Collections.frequency(cluster.roles(), "STANDBY"));
                assertTrue(cluster.isLed());
            });
        }
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
        board.show();
        new Oracle(service).refuseFindings();
    }

    private Path directory(int number) {
        return data(number).resolve("far").resolve("far-" + number);
    }

    /**
     * It stands still once it has logged in, so that the service can be killed within it; its child goes on to receive WAL, and
     * tells the server so.
     */
    @Test
    @Order(4)
    void a_base_backup_outlives_the_service_that_has_started_it_and_is_not_started_twice() {
        var started = service.rest()
                .post("/v1/clusters/far/instances", "{'host':'db1'}")
                .started();
        var aside = data(1).resolve("far").resolve("far-4.basebackup-tmp");
        Eventually.closely(
                "the base backup brings files",
                Duration.ofSeconds(60),
                () -> Files.isDirectory(aside.resolve("base")) && copies().count() == 2);
        var copying = copies().toList();
        var copy = copying.stream()
                .filter(one -> one.children().anyMatch(copying::contains))
                .findFirst()
                .orElseThrow();
        signal("-STOP", copy);
        service.kill();
        assertTrue(copy.isAlive());
        service.start();
        Eventually.until(
                "another run has taken it over",
                Duration.ofSeconds(60),
                () -> !"1"
                        .equals(service.store()
                                .value("select lease_epoch::text from operation where id = ?::uuid", started)));
        assertEquals(Set.copyOf(copying), copies().collect(Collectors.toSet()));
        signal("-CONT", copy);
        var added = service.rest().succeeded(started);
        assertEquals("far-4", added.getString("result.instance"));
        service.rest()
                .succeeded(service.rest()
                        .delete(cluster.path("/instances/far-4?reason=test"))
                        .started());
    }

    private Stream<ProcessHandle> copies() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .command()
                        .filter(command -> command.endsWith("/pg_basebackup"))
                        .isPresent())
                .filter(process -> process.info().arguments().stream()
                        .flatMap(Stream::of)
                        .anyMatch(argument -> argument.startsWith(folder.toString())));
    }

    private static void signal(String name, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(5)
    void a_cluster_that_is_deleted_leaves_nothing_on_its_hosts() throws IOException {
        cluster.pooler().close();
        service.rest().delete(cluster.path("/poolers/front"));
        var ended = service.rest()
                .succeeded(service.rest()
                        .delete("/v1/clusters/far?confirm=far&reason=test")
                        .started());
        assertEquals("SUCCEEDED", ended.getString("state"));
        for (var number = 1; number <= 3; number++) {
            try (var left = Files.walk(data(number))) {
                assertEquals(
                        List.of(),
                        left.filter(Files::isRegularFile).map(Path::toString).toList());
            }
            assertEquals(204, service.rest().delete("/v1/hosts/db" + number).status());
        }
    }
}
