package io.pgbosun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.backup.WalArchiving;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.store.Store;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** WAL of real servers is archived, its health is told, and what it can recover with its holes. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WalArchivingTest {
    private static final String CLUSTER = "/v1/clusters/walled";
    private static final String ARCHIVE = CLUSTER + "/wal-archive";

    private final Api api = Api.admin();

    @Inject
    Store store;

    @Inject
    ClusterStore clusters;

    @Inject
    Topology topology;

    @Inject
    WalArchiving archiving;

    @Inject
    Servers servers;

    @ConfigProperty(name = "pgbosun.home")
    String home;

    private Path directory;

    @BeforeAll
    void provision() {
        api.succeed("/v1/clusters", "{'name':'walled','provision':{'standbys':1,'databases':['shop']}}");
        directory = Path.of(home, "backups", "wal", "walled");
    }

    @AfterAll
    void forget() {
        store.update("delete from backup where cluster = 'walled'");
        api.succeeded(api.delete(CLUSTER + "?confirm=walled"));
    }

    private Server primary(String cluster) {
        return topology.primary(clusters.get(cluster));
    }

    private JsonPath status() {
        return api.get(ARCHIVE).then().statusCode(200).extract().jsonPath();
    }

    private JsonPath window(String query) {
        return api.get(CLUSTER + "/recoverability" + query)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static void until(String what, BooleanSupplier happened) {
        var deadline = System.nanoTime() + 20_000_000_000L;
        while (!happened.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not seen: " + what);
            LockSupport.parkNanos(50_000_000L);
        }
    }

    private void commit() {
        primary("walled").script("shop", "create table if not exists moved (x int); insert into moved values (1)");
    }

    /** Ends the segment and waits until it has arrived. */
    private Path arrived() {
        var segment = directory.resolve(primary("walled").switchWal());
        until(segment + " arrives", () -> Files.exists(segment));
        return segment;
    }

    /** A row of the catalogue as a physical backup writes it, of just now. */
    private UUID base() {
        var start = primary("walled").facts().writeLsn();
        commit();
        var stop = primary("walled").facts().writeLsn();
        var id = UUID.randomUUID();
        store.update("""
                insert into backup (id, cluster, labels, repository, type, confidence, size_bytes, manifest, started_at, ended_at)
                values ($1, 'walled', '{}', 'default', 'PHYSICAL', 'CHECKSUMMED', 1, jsonb_build_object(
                  'backup', $1::uuid, 'cluster', 'walled', 'type', 'PHYSICAL', 'schemaOnly', false, 'globals', false,
                  'databases', '[]'::jsonb, 'source', 'walled-1', 'serverVersionNumber', 150000, 'lsn', $2::text,
                  'startTime', $4::text, 'endTime', $4::text, 'files', '[]'::jsonb, 'physical',
                  jsonb_build_object('timeline', 1, 'startLsn', $2::text, 'stopLsn', $3::text, 'endTime', $4::text)), now(), now())
                """, id, start.toString(), stop.toString(), Instant.now().toString());
        return id;
    }

    @Test
    @Order(1)
    void a_cluster_that_never_archived_says_so() {
        assertEquals("OFF", status().getString("state"));
        assertNull(status().getString("repository"));
        assertEquals(List.of(), window("").getList("intervals"));
        var refused = api.delete(ARCHIVE);
        assertEquals(422, refused.statusCode());
        assertEquals(
                "on",
                primary("walled").setting("archive_mode").value(),
                "a new cluster needs no restart to begin with it");
    }

    @Test
    @Order(2)
    void enabling_reloads_every_instance_and_waits_for_the_first_segment() {
        var before = primary("walled").facts().startedAt();
        var enabled = api.succeed(ARCHIVE, "{'timeoutSeconds':0}");
        assertEquals(directory.toString(), enabled.getString("result.directory"));
        assertEquals(List.of(), enabled.getList("result.restarted"));
        assertTrue(Files.exists(directory.resolve(enabled.getString("result.firstSegment"))));
        assertEquals(before, primary("walled").facts().startedAt());
        var cluster = clusters.get("walled");
        for (var instance : cluster.instances()) {
            var command = servers.at(cluster.endpoint(instance))
                    .setting("archive_command")
                    .altered();
            assertTrue(command.contains(instance.name() + ".archive-wal"), command);
        }
        var status = status();
        assertEquals("WORKING", status.getString("state"), status.prettify());
        assertEquals("default", status.getString("repository"));
        assertTrue(status.getLong("archivedCount") > 0);
        assertTrue(status.getLong("segmentCount") >= 1);
        api.succeed(ARCHIVE, "{'timeoutSeconds':0}");
    }

    @Test
    @Order(3)
    void lag_and_RPO_tell_what_is_not_archived_yet() {
        commit();
        arrived();
        until("all is archived", () -> status().getDouble("current.rpoSeconds") == 0);
        commit();
        var exposed = status();
        assertTrue(exposed.getDouble("current.rpoSeconds") > 0, exposed.prettify());
        var lag = exposed.getLong("current.lagBytes");
        assertTrue(lag > 0 && lag < 16 << 20, exposed.prettify());
        var archived = Lsn.parse(exposed.getString("current.archivedLsn"));
        assertTrue(primary("walled").facts().writeLsn().bytesSince(archived) >= lag);
        arrived();
        until("all is archived again", () -> status().getDouble("current.rpoSeconds") == 0);
    }

    @Test
    @Order(4)
    void a_window_reaches_from_the_end_of_a_backup_to_the_last_archived_commit() {
        var backup = base();
        assertEquals(List.of(), window("").getList("intervals"), "its WAL is not archived yet");
        commit();
        arrived();
        commit();
        var last = Instant.now();
        arrived();
        var found = window("?at=" + last.plus(1, ChronoUnit.HOURS));
        assertEquals(List.of(backup.toString()), found.getList("intervals.backup"), found.prettify());
        assertEquals(List.of(), found.getList("holes"));
        var to = Instant.parse(found.getString("intervals[0].to"));
        assertTrue(!to.isAfter(last) && to.isAfter(last.minusSeconds(10)), found.prettify());
        assertFalse(found.getBoolean("reach.reachable"));
        assertEquals(to, Instant.parse(found.getString("reach.nearestBefore")));
        assertTrue(window("?at=" + to).getBoolean("reach.reachable"));
        assertEquals(backup.toString(), window("?at=" + to.minusMillis(1)).getString("reach.backup"));
        assertEquals(400, api.get(CLUSTER + "/recoverability?at=yesterday").statusCode());
    }

    @Test
    @Order(5)
    void a_segment_that_is_deleted_is_a_hole_with_a_name_until_it_is_brought_back() throws IOException {
        commit();
        arrived();
        commit();
        var lost = arrived();
        commit();
        arrived();
        var newer = base();
        arrived();
        var kept = Files.move(lost, lost.resolveSibling("kept"));
        var found = window("");
        assertEquals(2, found.getList("intervals").size(), found.prettify());
        assertEquals(newer.toString(), found.getString("intervals[1].backup"));
        assertEquals(List.of(lost.getFileName().toString()), found.getList("holes[0].missing"));
        var before = found.getString("intervals[0].to");
        var after = found.getString("intervals[1].from");
        assertEquals(before, found.getString("holes[0].from"));
        assertEquals(after, found.getString("holes[0].to"));
        assertEquals(1, archiving.health("walled").orElseThrow().holes());
        var within = window("?at=" + Instant.parse(before).plusMillis(1));
        assertFalse(within.getBoolean("reach.reachable"));
        assertEquals(before, within.getString("reach.nearestBefore"));
        assertEquals(after, within.getString("reach.nearestAfter"));
        Files.move(kept, lost);
        assertEquals(1, window("").getList("intervals").size());
        Files.setPosixFilePermissions(lost, PosixFilePermissions.fromString("---------"));
        assertEquals(
                List.of(lost.getFileName().toString()),
                window("").getList("holes[0].missing"),
                "one that cannot be read is none");
        Files.setPosixFilePermissions(lost, PosixFilePermissions.fromString("rw-------"));
        assertEquals(0, archiving.health("walled").orElseThrow().holes());
        assertTrue(archiving.archiving().contains("walled"));
    }

    /** The catalogue's two physical backups have no files, and are kept. */
    @Test
    @Order(14)
    void old_WAL_that_no_kept_backup_needs_is_removed_by_the_rule_and_the_rest_can_be_recovered_still()
            throws IOException {
        api.post("/v1/backup-policies", "{'name':'walled','cluster':'walled','retention':{'keepLast':9,'walDays':3}}")
                .then()
                .statusCode(201);
        var before = names();
        for (var name : before) {
            Files.setLastModifiedTime(
                    directory.resolve(name), FileTime.from(Instant.now().minus(4, ChronoUnit.DAYS)));
        }
        var intervals = window("").getList("intervals.from");
        var preview =
                api.get(CLUSTER + "/backups/retention-preview?policy=walled").jsonPath();
        assertEquals(0, preview.getInt("goingCount"));
        var going = preview.getList("wal.findAll { it.goes }.fileCount", Integer.class).stream()
                .mapToInt(one -> one)
                .sum();
        assertTrue(going > 0 && going < before.size(), preview.prettify());
        var expired = api.succeed(CLUSTER + "/expirations", "{'policy':'walled'}");
        assertEquals(going, expired.getInt("result.removedWalCount"));
        assertEquals(List.of(), expired.getList("result.removed"));
        assertEquals(going * 16L << 20, expired.getLong("result.freedWalBytes"));
        assertEquals(before.subList(going, before.size()), names(), "the oldest ones went");
        assertEquals(intervals, window("").getList("intervals.from"));
        assertEquals(List.of(), window("").getList("holes"));
        assertEquals(
                0, api.succeed(CLUSTER + "/expirations", "{'policy':'walled'}").getInt("result.removedWalCount"));
        assertEquals(204, api.delete("/v1/backup-policies/walled").statusCode());
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    @Order(6)
    void a_directory_that_is_lost_shows_in_health_and_WAL_arrives_when_it_is_back() throws IOException {
        var away = Files.move(directory, directory.resolveSibling("away"));
        commit();
        var waiting = primary("walled").switchWal();
        until("it fails", () -> status().getString("state").equals("FAILING"));
        assertEquals(waiting, status().getString("lastFailedWal"));
        assertTrue(status().getLong("readyCount") > 0);
        assertTrue(status().getString("stateReason").contains(waiting));
        Files.move(away, directory);
        primary("walled").switchWal(); // wakes the archiver
        until("it arrives", () -> Files.exists(directory.resolve(waiting)));
        until("it works", () -> status().getString("state").equals("WORKING"));
    }

    @Test
    @Order(7)
    void a_file_of_another_cluster_is_never_replaced_and_is_named() throws IOException {
        commit();
        var segment = arrived().getFileName().toString();
        var next = "%s%08X".formatted(segment.substring(0, 16), Long.parseLong(segment.substring(16), 16) + 1);
        Files.writeString(directory.resolve(next), "another's");
        assertEquals(next, primary("walled").switchWal());
        until("it is refused", () -> status().getString("state").equals("FAILING"));
        assertEquals(next, status().getString("lastFailedWal"));
        assertEquals("another's", Files.readString(directory.resolve(next)));
        var log = Files.readString(Path.of(home, "clusters", "walled", "walled-1.log"));
        assertTrue(
                log.contains("pgbosun: " + next + " is not archived: " + directory.resolve(next)), "named in the log");
        Files.delete(directory.resolve(next));
        primary("walled").switchWal();
        until("it arrives", () -> Files.exists(directory.resolve(next)));
        until("it works", () -> status().getString("state").equals("WORKING"));
    }

    @Test
    @Order(8)
    void the_window_is_still_told_when_the_cluster_is_down() {
        api.succeed(CLUSTER + "/stop", "{}");
        assertEquals("UNKNOWN", status().getString("state"));
        var found = window("");
        assertEquals(1, found.getList("intervals").size(), found.prettify());
        assertNull(found.get("current"));
        api.succeed(CLUSTER + "/start", "{}");
        until("it works", () -> status().getString("state").equals("WORKING"));
    }

    @Test
    @Order(9)
    void a_repository_with_WAL_is_not_forgotten_and_disabling_keeps_what_is_archived() throws IOException {
        assertEquals(422, api.delete("/v1/repositories/default").statusCode());
        var intervals = window("").getList("intervals.backup");
        api.succeeded(api.delete(ARCHIVE));
        assertEquals("OFF", status().getString("state"));
        assertTrue(status().getLong("segmentCount") > 0);
        assertEquals(intervals, window("").getList("intervals.backup"));
        try (var files = Files.list(Path.of(home, "clusters", "walled"))) {
            assertTrue(files.noneMatch(file -> file.toString().contains("archive-wal")), "the scripts are gone");
        }
        assertEquals("/bin/true", primary("walled").setting("archive_command").value());
        api.succeed(ARCHIVE, "{'timeoutSeconds':0}");
        assertEquals(intervals, window("").getList("intervals.backup"), "and is found when it is enabled again");
    }

    @Test
    @Order(10)
    void archive_mode_that_is_off_blocks_until_a_restart_is_allowed() {
        api.succeed(
                "/v1/clusters",
                "{'name':'still','provision':{'standbys':1,'databases':['shop'],'parameters':{'archive_mode':'off'}}}");
        var refused = api.post("/v1/clusters/still/wal-archive", "{}");
        assertEquals(422, refused.statusCode());
        assertTrue(refused.asString().contains("allow it with restart"), refused.asString());
        var enabled = api.succeed("/v1/clusters/still/wal-archive", "{'restart':true}");
        assertEquals(List.of("still-2", "still-1"), enabled.getList("result.restarted"), "the primary last");
        assertEquals("on", primary("still").setting("archive_mode").value());
        assertEquals("300", primary("still").setting("archive_timeout").value());
        until("it streams again", () -> primary("still").streamsTo("still-2"));
        api.succeeded(api.delete("/v1/clusters/still?confirm=still"));
    }

    @Test
    @Order(11)
    void an_archive_that_cannot_be_written_to_leaves_the_old_settings() throws IOException {
        api.succeed("/v1/clusters", "{'name':'shut','provision':{}}");
        var shut = Files.createDirectories(Path.of(home, "backups", "wal", "shut"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-x------"));
        var failed = api.ended(api.started(api.post("/v1/clusters/shut/wal-archive", "{}")));
        assertEquals("FAILED", failed.getString("state"), failed.prettify());
        assertTrue(failed.getString("problem.detail").contains(shut.toString()), failed.prettify());
        assertNull(primary("shut").setting("archive_command").altered());
        assertFalse(Files.exists(Path.of(home, "clusters", "shut", "shut-1.archive-wal")));
        assertNull(api.get("/v1/clusters/shut/wal-archive").jsonPath().getString("repository"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwx------"));
        Files.copy(arrived(), shut.resolve("000000010000000000000001"));
        var anothers = api.post("/v1/clusters/shut/wal-archive", "{}");
        assertEquals(422, anothers.statusCode());
        assertTrue(anothers.asString().contains("no WAL of another cluster is there"), anothers.asString());
        api.succeeded(api.delete("/v1/clusters/shut?confirm=shut"));
    }

    @Test
    @Order(12)
    void a_command_that_archives_elsewhere_is_not_replaced_but_named_with_how_to_end_it() {
        api.succeed("/v1/clusters", "{'name':'own','provision':{'parameters':{'archive_command':'test -n %p'}}}");
        assertRefused("test -n %p", "{}");
        for (var command : List.of(
                "pgbackrest --stanza=own archive-push %p",
                "/usr/bin/pgbackrest --config=/etc/pgbackrest/pgbackrest.conf --stanza=own archive-push %p",
                "'/usr/bin/pgbackrest' --config='%s/pgbackrest/other/own.conf' --stanza='own' --pg1-path=\"$PWD\" archive-push \"%%p\""
                        .formatted(home),
                "'/srv/own-1.archive-wal' \"%p\" '/srv/wal'/\"%f\"")) {
            give(command);
            assertRefused(command, "{}");
            assertRefused(command, "{'method':'PGBACKREST'}");
        }
        assertEquals(
                "PASS",
                api.post(ARCHIVE + "?preview=true", "{'method':'PGBACKREST'}")
                        .jsonPath()
                        .getString("checks.find { it.name == 'WAL is archived nowhere else' }.verdict"));
        give("/bin/true");
        api.succeed("/v1/clusters/own/wal-archive", "{}");
        api.succeeded(api.delete("/v1/clusters/own?confirm=own"));
    }

    private void give(String command) {
        primary("own").alterSystem("archive_command", command);
        primary("own").reload();
        until(command, () -> primary("own").setting("archive_command").value().equals(command));
    }

    private void assertRefused(String command, String body) {
        var refused = api.post("/v1/clusters/own/wal-archive", body);
        assertEquals(422, refused.statusCode());
        var said = refused.jsonPath().getString("detail");
        assertTrue(said.contains("own-1: " + command), said);
        assertTrue(said.contains("ALTER SYSTEM SET archive_command = '/bin/true'"), said);
        assertEquals(command, primary("own").setting("archive_command").value());
    }

    @Test
    @Order(13)
    void object_storage_is_refused_with_what_to_use_instead() {
        store.update("insert into repository (name, type, path, location) values ('cloud', 'S3', 's3://x/', '{}')");
        try {
            var refused = api.post(ARCHIVE, "{'repository':'cloud'}");
            assertEquals(422, refused.statusCode());
            assertTrue(refused.asString().contains("use a repository of type FILESYSTEM"), refused.asString());
        } finally {
            store.update("delete from repository where name = 'cloud'");
        }
    }
}
