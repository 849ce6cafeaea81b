package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.adapter.Soon;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The real pgBackRest: full and incremental backups, recovery to a moment, damage that is named, what others took. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PgBackRestTest {
    private static final String CLUSTER = "/v1/clusters/rested";
    private static final String STORE = "rested-store";

    private final Api api = Api.admin();

    @Inject
    ClusterStore clusters;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    private Path repository;
    private String full;
    private String incremental;
    private Instant between;

    @BeforeAll
    void archive() throws IOException {
        repository = Files.createDirectories(Path.of(home).resolve("rested-store"));
        api.post("/v1/repositories", "{'name':'%s','type':'FILESYSTEM','path':'%s'}".formatted(STORE, repository))
                .then()
                .statusCode(201);
        api.succeed("/v1/clusters", "{'name':'rested','provision':{'databases':['shop']}}");
    }

    private Server server(String cluster) {
        var record = clusters.get(cluster);
        return servers.at(record.endpoint(record.instances().getFirst()));
    }

    private String value(String cluster, String sql) {
        return server(cluster).value("shop", sql).orElse("");
    }

    private String take(String type) {
        return api.succeed(
                        CLUSTER + "/backups",
                        "{'engine':'PGBACKREST','backupType':'%s','repository':'%s'}".formatted(type, STORE))
                .getString("result.backup");
    }

    private JsonPath backup(String id) {
        return api.get("/v1/backups/" + id).then().statusCode(200).extract().jsonPath();
    }

    private JsonPath reconcile() {
        return api.succeed("/v1/repositories/" + STORE + "/reconciliations", "{}");
    }

    private void addRow() {
        server("rested").script("shop", "insert into event select count(*) + 1 from event");
    }

    /** pgBackRest as a person would run it, beside us. */
    private String byHand(String... arguments) throws IOException, InterruptedException {
        var record = clusters.get("rested");
        var instance = record.instances().getFirst();
        var command = new ArrayList<>(List.of(
                Objects.requireNonNullElse(System.getenv("PGBOSUN_PGBACKREST"), "/usr/bin/pgbackrest"),
                "--config=" + Path.of(home, "pgbackrest", STORE, "rested.conf"),
                "--stanza=rested"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGHOST", instance.address());
        builder.environment().put("PGPASSWORD", record.password().reveal());
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private Path stored(String label) {
        return repository.resolve("pgbackrest/backup/rested").resolve(label);
    }

    @Test
    @Order(1)
    void a_cluster_whose_wal_pgbackrest_does_not_archive_is_refused_with_what_to_do() {
        var refused = api.post(CLUSTER + "/backups", "{'engine':'PGBACKREST','repository':'%s'}".formatted(STORE));
        var detail = refused.statusCode() == 202
                ? api.ended(refused.path("id")).getString("problem.detail")
                : refused.jsonPath().getString("detail");
        assertTrue(detail.contains("method PGBACKREST"), detail);
    }

    @Test
    @Order(2)
    void wal_is_archived_into_a_stanza_of_the_cluster() {
        api.succeed(CLUSTER + "/wal-archive", "{'method':'PGBACKREST','repository':'%s'}".formatted(STORE));
        var status = api.get(CLUSTER + "/wal-archive").jsonPath();
        assertEquals("WORKING", status.getString("state"));
        assertEquals("PGBACKREST", status.getString("method"));
        assertTrue(status.getInt("segmentCount") > 0, status.prettify());
        var command = server("rested").setting("archive_command").value();
        assertTrue(command.contains("archive-push"), command);
        for (var method : List.of("PGBACKREST", "SCRIPT")) {
            var preview = api.post(
                    CLUSTER + "/wal-archive?preview=true",
                    "{'method':'%s','repository':'%s'}".formatted(method, STORE));
            assertEquals(
                    "PASS",
                    preview.jsonPath().getString("checks.find { it.name == 'WAL is archived nowhere else' }.verdict"),
                    "it is ours");
        }
    }

    @Test
    @Order(3)
    void a_full_and_an_incremental_backup_are_taken_and_verified() {
        server("rested").script("shop", "create table event (id integer primary key)");
        full = take("FULL");
        var ended = Instant.parse(backup(full).getString("endTime")); // pgBackRest tells whole seconds
        Soon.until(
                "the second in which it ended is over",
                () -> !server("rested").now().isBefore(ended));
        addRow();
        addRow();
        between = server("rested").now();
        addRow();
        incremental = take("INCR");
        addRow();
        var first = backup(full);
        assertEquals("PGBACKREST", first.getString("engine"));
        assertEquals("PHYSICAL", first.getString("type"));
        assertEquals("FULL", first.getString("backupType"));
        assertEquals("WAL_COMPLETE", first.getString("confidence"));
        assertTrue(first.getString("label").matches("\\d{8}-\\d{6}F"), first.prettify());
        assertTrue(first.getLong("sizeBytes") > 1_000_000, first.prettify());
        assertTrue(first.getList("databases").contains("shop"));
        var second = backup(incremental);
        assertEquals("INCR", second.getString("backupType"));
        assertEquals(List.of(full), second.getList("needs"));
        assertTrue(second.getString("label").startsWith(first.getString("label") + "_"), second.prettify());
    }

    /** How many rows are in a cluster that is recovered to a point and thrown away. */
    private int recoveredTo(String name, String rest) {
        api.succeed("/v1/clusters", "{'name':'%s','recover':{'source':'rested'%s}}".formatted(name, rest));
        var rows = value(name, "select count(*) from event");
        var command = server(name).setting("archive_command").value();
        assertEquals("/bin/true", command, "it must not archive into the stanza of its source");
        api.succeeded(api.delete("/v1/clusters/" + name + "?confirm=" + name));
        return Integer.parseInt(rows);
    }

    @Test
    @Order(4)
    void both_are_recovered_from_to_a_moment_to_their_end_and_to_all_there_is() {
        assertEquals(2, recoveredTo("rested-at", ",'to':{'time':'%s'}".formatted(between)));
        assertEquals(3, recoveredTo("rested-end", ",'backup':'%s','to':{'immediate':true}".formatted(incremental)));
        assertEquals(4, recoveredTo("rested-all", ""));
    }

    @Test
    @Order(5)
    void a_drill_proves_the_incremental_one() {
        var drill = api.succeed(
                CLUSTER + "/drills",
                "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'event','atLeast':3}]}"
                        .formatted(incremental));
        assertEquals("ASSERTED", drill.getString("result.confidence"));
    }

    @Test
    @Order(6)
    void the_full_one_is_kept_for_as_long_as_the_incremental_one_needs_it() {
        var refused = api.delete("/v1/backups/" + full);
        var detail = refused.statusCode() == 202
                ? api.ended(refused.path("id")).getString("problem.detail")
                : refused.jsonPath().getString("detail");
        assertTrue(detail.contains("needed by another backup"), detail);
        assertTrue(Files.isDirectory(stored(backup(full).getString("label"))));
    }

    @Test
    @Order(7)
    void a_backup_that_a_person_took_is_found_and_can_be_recovered_from() throws Exception {
        var record = clusters.get("rested").instances().getFirst();
        byHand(
                "--pg1-path=" + record.dataDirectory(),
                "--pg1-port=" + record.port(),
                "--pg1-user=postgres",
                "--type=diff",
                "backup");
        var result = reconcile();
        var imported = result.getList("result.imported", String.class);
        assertEquals(1, imported.size(), result.prettify());
        var found = backup(imported.getFirst());
        assertEquals("DIFF", found.getString("backupType"));
        var version = server("rested").facts().versionNumber();
        assertEquals(
                "%d.%d".formatted(version / 10_000, version % 10_000),
                backup(full).getString("serverVersion"));
        assertEquals(String.valueOf(version / 10_000), found.getString("serverVersion"), "info knows no minor version");
        assertEquals(List.of(full), found.getList("needs"));
        assertEquals(List.of(), reconcile().getList("result.imported"), "it is taken in once");
        assertEquals(
                4, recoveredTo("rested-hand", ",'backup':'%s','to':{'immediate':true}".formatted(imported.getFirst())));
        api.succeeded(api.delete("/v1/backups/" + imported.getFirst()));
        assertFalse(Files.exists(stored(found.getString("label"))), "pgbackrest has removed it");
    }

    @Test
    @Order(8)
    void a_flipped_byte_is_found_and_its_file_named() throws IOException {
        var label = backup(full).getString("label");
        try (var tree = Files.walk(stored(label))) {
            var bundle = tree.filter(file -> file.getParent().endsWith("bundle"))
                    .findFirst()
                    .orElseThrow();
            var bytes = Files.readAllBytes(bundle);
            bytes[bytes.length / 2] ^= 1;
            Files.write(bundle, bytes);
            var result = reconcile();
            var altered = result.getList("result.disagreements.findAll { it.finding == 'ALTERED' }.path", String.class);
            assertTrue(altered.stream().anyMatch(path -> path.startsWith(label + "/pg_data/")), result.prettify());
            bytes[bytes.length / 2] ^= 1;
            Files.write(bundle, bytes);
        }
        assertEquals(List.of(), reconcile().getList("result.disagreements"));
    }

    @Test
    @Order(9)
    void a_segment_that_was_deleted_is_named_and_nothing_beyond_it_is_promised() throws IOException {
        addRow();
        var segment = server("rested").switchWal();
        addRow();
        var later = server("rested").now();
        api.succeed(CLUSTER + "/restore-points", "{'name':'later'}");
        var next = server("rested").switchWal();
        var archive = repository.resolve("pgbackrest/archive/rested");
        arrived(archive, next);
        var gone = arrived(archive, segment);
        Files.delete(gone);
        var window = api.get(CLUSTER + "/recoverability?at=" + later).jsonPath();
        assertTrue(window.getList("holes.missing.flatten()").contains(segment), window.prettify());
        assertFalse(window.getBoolean("reach.reachable"));
    }

    private Path arrived(Path archive, String segment) throws IOException {
        var deadline = System.nanoTime() + 30_000_000_000L;
        while (server("rested").archiver().lastArchivedWal().compareTo(segment) < 0) {
            assertTrue(System.nanoTime() < deadline, segment + " does not arrive");
        }
        try (var tree = Files.walk(archive)) {
            return tree.filter(file -> file.getFileName().toString().startsWith(segment + "-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    @Order(10)
    void a_backup_that_vanished_is_told_as_missing() throws Exception {
        var label = backup(incremental).getString("label");
        byHand("expire", "--set=" + label);
        var result = reconcile();
        var missing = result.getList("result.disagreements.findAll { it.finding == 'MISSING' }.backup", String.class);
        assertEquals(List.of(incremental), missing, result.prettify());
    }
}
