package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.store.Store;
import io.pgbosun.v1.GetRecoverabilityRequest;
import io.pgbosun.v1.WalServiceGrpc;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The window that is told is the one that PostgreSQL can really recover, over a failover too. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecoveryWindowTest {
    private static final String CLUSTER = "/v1/clusters/windowed";

    private final Api api = Api.admin();

    @Inject
    Store store;

    @Inject
    ClusterStore clusters;

    @Inject
    Topology topology;

    @Inject
    PgPrograms programs;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    private Path archive;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'windowed','provision':{'standbys':1,'databases':['shop']}}");
        api.succeed(CLUSTER + "/wal-archive", "{'timeoutSeconds':0}");
        archive = Path.of(home, "backups", "wal", "windowed");
    }

    @AfterAll
    void forget() {
        store.update("delete from backup where cluster = 'windowed'");
        api.succeeded(api.delete(CLUSTER + "?confirm=windowed"));
    }

    private ClusterRecord cluster() {
        return clusters.get("windowed");
    }

    private Server primary() {
        return topology.primary(cluster());
    }

    private JsonPath window() {
        return api.get(CLUSTER + "/recoverability")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static void until(String what, BooleanSupplier happened) {
        var deadline = System.nanoTime() + 30_000_000_000L;
        while (!happened.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not seen: " + what);
            LockSupport.parkNanos(50_000_000L);
        }
    }

    private void row(int value) {
        primary().script("shop", "insert into moved values (%d)".formatted(value));
    }

    private void arrived() {
        var segment = archive.resolve(primary().switchWal());
        until(segment + " arrives", () -> Files.exists(segment));
    }

    /** Takes a real base backup, and records it as the archive's own {@code .backup} file tells of it. */
    private UUID base(Path copy) throws IOException {
        primary().createSlot("base");
        programs.baseBackup(topology.primaryEndpoint(cluster()), copy, "base");
        primary().dropSlot("base");
        arrived();
        String told;
        try (var files = Files.list(archive)) {
            told = Files.readString(files.filter(file -> file.toString().endsWith(".backup"))
                    .findFirst()
                    .orElseThrow());
        }
        var id = UUID.randomUUID();
        store.update(
                """
                insert into backup (id, cluster, labels, repository, type, confidence, size_bytes, manifest, started_at, ended_at)
                values ($1, 'windowed', '{}', 'default', 'PHYSICAL', 'CHECKSUMMED', 1, jsonb_build_object('physical',
                  jsonb_build_object('timeline', 1, 'startLsn', $2::text, 'stopLsn', $3::text, 'endTime', now())), now(), now())
                """,
                id,
                found(told, "START WAL LOCATION: ([0-9A-F/]+)"),
                found(told, "STOP WAL LOCATION: ([0-9A-F/]+)"));
        return id;
    }

    private static String found(String text, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), text);
        return matcher.group(1);
    }

    private void failOver() {
        var cluster = cluster();
        var old = cluster.endpoint(cluster.instances().getFirst());
        assertEquals(old, topology.primaryEndpoint(cluster));
        programs.stop(Path.of(cluster.instances().getFirst().dataDirectory()));
        servers.at(cluster.endpoint(cluster.instances().getLast())).script("postgres", "select pg_promote()");
        assertEquals(2, primary().facts().timeline());
    }

    /** Recovers a copy to a moment; what the table holds then. */
    private String recovered(Path base, Path copy, String targetTime) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("cp", "-a", base.toString(), copy.toString())
                        .start()
                        .waitFor());
        var port = programs.freePort();
        var settings = new LinkedHashMap<>(Map.of(
                "listen_addresses", "127.0.0.1",
                "port", String.valueOf(port),
                "unix_socket_directories", "",
                "restore_command", "cp '" + archive + "'/\"%f\" \"%p\"",
                "recovery_target_timeline", "2",
                "recovery_target_time", targetTime,
                "recovery_target_action", "promote"));
        programs.configure(copy, settings);
        Files.writeString(copy.resolve("postgresql.auto.conf"), "archive_mode = off\n");
        Files.createFile(copy.resolve("recovery.signal"));
        try {
            programs.start(copy);
            var cluster = cluster();
            var server = servers.at(
                    new Endpoint("127.0.0.1", port, cluster.username(), cluster.password(), cluster.sslMode()));
            until("promoted", () -> !server.facts().inRecovery());
            return server.value("shop", "select string_agg(x::text, ' ' order by x) from moved")
                    .orElse("");
        } finally {
            programs.remove(copy);
        }
    }

    @Test
    void what_is_said_to_be_reachable_over_a_failover_can_be_recovered() throws Exception {
        primary().script("shop", "create table moved (x int)");
        var copy = Path.of(home, "spool-of-tests", "base");
        var backup = base(copy);
        row(1);
        arrived();
        until(
                "the standby has it",
                () -> topology.instances(cluster()).stream()
                        .allMatch(instance -> instance.replayLagBytes() == null || instance.replayLagBytes() == 0));
        failOver();
        row(2);
        var between = Instant.now();
        row(3);
        arrived();

        var found = window();
        assertEquals(1, found.getList("intervals").size(), found.prettify());
        assertEquals(backup.toString(), found.getString("intervals[0].backup"));
        assertEquals(2, found.getInt("intervals[0].timeline"), found.prettify());
        assertEquals(0, found.getList("holes").size(), found.prettify());
        assertTrue(Instant.parse(found.getString("intervals[0].to")).isAfter(between));
        assertEquals(0, found.getDouble("current.rpoSeconds"));
        var reach = api.get(CLUSTER + "/recoverability?at=" + between).jsonPath();
        assertTrue(reach.getBoolean("reach.reachable"), reach.prettify());
        assertEquals(2, reach.getInt("reach.timeline"));
        assertEquals(
                "1 2",
                recovered(
                        copy,
                        copy.resolveSibling("recovered"),
                        between.toString().replace("Z", "+00")));
        overGrpc(backup);
        programs.remove(copy);
    }

    private void overGrpc(UUID backup) {
        var url = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class));
        var channel = NettyChannelBuilder.forAddress(url.getHost(), url.getPort())
                .usePlaintext()
                .build();
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + api.token());
        try {
            var found = WalServiceGrpc.newBlockingStub(
                            ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)))
                    .getRecoverability(GetRecoverabilityRequest.newBuilder()
                            .setCluster("windowed")
                            .build());
            assertEquals(backup.toString(), found.getIntervals(0).getBackup());
            assertEquals(
                    window().getString("intervals[0].toLsn"),
                    found.getIntervals(0).getToLsn());
            assertTrue(found.getCurrent().hasRpoSeconds());
        } finally {
            channel.shutdownNow();
        }
    }
}
