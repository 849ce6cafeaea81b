package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.host.Location;
import io.pgbosun.host.ObjectStore.StoredObject;
import io.pgbosun.secret.Secret;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Backups in object storage, from the first request to the last object, on real servers of it. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectRepositoryTest {
    private static final String CLUSTER = "/v1/clusters/objects";
    private static final String BACKUPS = CLUSTER + "/backups";
    private static final Secret WRONG = Secret.of("d3JvbmcgYnV0IGxvbmcgZW5vdWdo");

    private final Api api = Api.admin();
    private Map<String, ObjectServer> servers;

    @BeforeAll
    void provision() {
        servers = Map.of("in-s3", S3Server.start(), "in-azure", AzureServer.start());
        api.succeed(
                "/v1/clusters",
                "{'name':'objects','provision':{'databases':['shop'],'standbys':0,'seed':{'pgbenchScale':1}}}");
        servers.forEach((name, server) -> api.post(
                        "/v1/repositories", server.repository(name, ObjectServer.PLACE, server.secret()))
                .then()
                .statusCode(201));
    }

    @AfterAll
    void stop() {
        servers.values().forEach(ObjectServer::close);
    }

    private static List<String> keys(ObjectServer server, String backup) {
        return server.at("fleet/").list(backup).stream().map(StoredObject::key).toList();
    }

    @Test
    void a_backup_is_taken_drilled_restored_and_removed_without_a_trace() {
        servers.forEach(
                (name, server) -> List.of("CUSTOM", "DIRECTORY").forEach(format -> roundTrip(name, server, format)));
    }

    private void roundTrip(String name, ObjectServer server, String format) {
        var taken = api.succeed(BACKUPS, "{'repository':'%s','format':'%s'}".formatted(name, format));
        var backup = taken.getString("result.backup");
        assertEquals("CHECKSUMMED", taken.getString("result.confidence"));
        assertEquals(taken.getInt("result.files") + 1, keys(server, backup).size());
        var drill = api.succeed(
                CLUSTER + "/drills",
                "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'pgbench_accounts','atLeast':100000}]}"
                        .formatted(backup));
        assertEquals("ASSERTED", drill.getString("result.confidence"));
        var into = (name + "_" + format).replace('-', '_').toLowerCase(Locale.ROOT);
        var restored = api.succeed(
                CLUSTER + "/restores",
                "{'backup':'%s','database':'shop','into':'%s','jobs':2}".formatted(backup, into));
        assertEquals(5, restored.getInt("result.tables"));
        var newer = api.succeed(BACKUPS, "{'repository':'%s','databases':['postgres']}".formatted(name));
        api.succeed(
                CLUSTER + "/drills",
                "{'backup':'%s','assertions':[{'type':'AMCHECK','database':'postgres'}]}"
                        .formatted(newer.getString("result.backup")));
        api.succeeded(api.delete("/v1/backups/" + backup));
        assertEquals(List.of(), keys(server, backup));
    }

    @Test
    void a_flipped_byte_and_a_missing_object_are_named_and_not_restored() {
        servers.forEach((name, server) -> {
            var backup = api.succeed(BACKUPS, "{'repository':'%s','databases':['shop']}".formatted(name))
                    .getString("result.backup");
            var dump = backup + "/database-1.dump";
            flip(server, dump);
            var restore = "{'backup':'%s','database':'shop','into':'never'}".formatted(backup);
            var flipped = api.ended(api.started(api.post(CLUSTER + "/restores", restore)));
            assertEquals("urn:pgbosun:problem:damaged", flipped.getString("problem.type"));
            assertTrue(flipped.getString("problem.detail").contains("database-1.dump: checksum differs"));
            assertEquals("ALTERED", disagreement(name, backup));

            server.at("fleet/").delete(dump);
            var missing = api.ended(api.started(api.post(CLUSTER + "/drills", "{'backup':'" + backup + "'}")));
            assertTrue(missing.getString("problem.detail").contains("database-1.dump: missing"));
            assertFalse(api.get(CLUSTER + "/databases").asString().contains("never"));
            assertEquals("MISSING", disagreement(name, backup));
            api.succeeded(api.delete("/v1/backups/" + backup));
        });
    }

    @Test
    void a_whole_server_goes_straight_into_object_storage_and_comes_back_unless_it_is_damaged() {
        servers.forEach((name, server) -> {
            var backup = api.succeed(BACKUPS, "{'repository':'%s','engine':'PG_BASEBACKUP'}".formatted(name))
                    .getString("result.backup");
            assertEquals(List.of(backup + "/base.tar.zst", backup + "/manifest.json"), keys(server, backup));
            var recover = "{'name':'back','recover':{'source':'objects','backup':'%s'}}".formatted(backup);
            api.succeed("/v1/clusters", recover);
            assertTrue(api.get("/v1/clusters/back/databases").asString().contains("shop"));
            api.succeeded(api.delete("/v1/clusters/back?confirm=back"));

            flip(server, backup + "/base.tar.zst");
            var flipped = api.ended(api.started(api.post("/v1/clusters", recover)));
            assertTrue(flipped.getString("problem.detail").contains("base.tar.zst: checksum differs"));
            server.at("fleet/").delete(backup + "/base.tar.zst");
            var missing = api.ended(api.started(api.post("/v1/clusters", recover)));
            assertTrue(missing.getString("problem.detail").contains("base.tar.zst: missing"));
            assertEquals(404, api.get("/v1/clusters/back").statusCode());
            api.succeeded(api.delete("/v1/backups/" + backup));
            assertEquals(List.of(), keys(server, backup));
        });
    }

    private static void flip(ObjectServer server, String key) {
        var store = server.at("fleet/");
        try (var content = store.open(key)) {
            var bytes = content.readAllBytes();
            bytes[bytes.length / 2] ^= 1;
            store.delete(key);
            store.put(key, new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What reconciling finds wrong with a backup, or null. */
    private String disagreement(String repository, String backup) {
        return api.succeed("/v1/repositories/" + repository + "/reconciliations", "{}")
                .getString("result.disagreements.find { it.backup == '%s' }?.finding".formatted(backup));
    }

    @Test
    void what_is_in_a_repository_and_not_in_the_catalogue_is_found() {
        servers.forEach((name, server) -> {
            var unknown = UUID.randomUUID().toString();
            var leftOver = UUID.randomUUID().toString();
            var store = server.at("fleet/");
            store.put(unknown + "/manifest.json", new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
            store.put(leftOver + "/globals.sql", new ByteArrayInputStream(new byte[1]));
            assertEquals("UNKNOWN", disagreement(name, unknown));
            assertEquals("LEFT_OVER", disagreement(name, leftOver));
            store.delete(unknown + "/manifest.json");
            store.delete(leftOver + "/globals.sql");
        });
    }

    @Test
    void what_a_run_that_died_has_stored_or_begun_is_not_in_the_backup_that_is_published() {
        servers.forEach((name, server) -> {
            var id = UUID.randomUUID();
            var store = server.at("fleet/");
            var files = new ObjectBackupFiles(store, new Location.Directory(server.home), server.home.resolve("spool"));
            store.put(id + "/dump/1.dat", new ByteArrayInputStream(new byte[1]));
            server.begin("fleet/" + id + "/dump/2.dat");
            server.begin("fleet/" + id + "/base");
            var dump = files.stage(id).resolve("dump");
            IoProblem.doing(
                    dump,
                    "cannot be made",
                    () -> Files.write(Files.createDirectory(dump).resolve("3.dat"), new byte[1]));
            assertEquals("dump/3.dat", files.keep(id, "dump").getFirst().path());
            files.receive(id, "base", out -> out.write(1));
            files.publish(id, "{}");
            assertEquals(List.of(id + "/base", id + "/dump/3.dat", id + "/manifest.json"), keys(server, id.toString()));
            assertEquals(0, store.abandon(id + "/"), name);
            files.remove(id);
        });
    }

    @Test
    void what_the_probe_cannot_do_is_said_without_the_secret() {
        servers.forEach((name, server) -> {
            var refused = api.post("/v1/repositories", server.repository("wrong", ObjectServer.PLACE, WRONG));
            assertEquals(422, refused.statusCode(), refused.asString());
            assertFalse(refused.asString().contains(WRONG.reveal()), refused.asString());
            assertTrue(refused.jsonPath().getString("detail").contains(" cannot be "), refused.asString());
            assertFalse(refused.jsonPath().getString("detail").contains("deleted"), refused.asString());
            var nowhere = api.post("/v1/repositories", server.repository("nowhere", "no-such-place", server.secret()));
            assertEquals(422, nowhere.statusCode(), nowhere.asString());
            assertEquals(404, api.get("/v1/repositories/nowhere").statusCode());
            var shown = api.get("/v1/repositories/" + name).asString();
            assertFalse(shown.contains(server.secret().reveal()), shown);
        });
        assertEquals(
                "azureBlob.accountKey",
                api.post("/v1/repositories", servers.get("in-azure").repository("odd", "a-place", Secret.of("no key")))
                        .then()
                        .statusCode(400)
                        .extract()
                        .path("errors[0].field"));
        assertEquals(
                "s3",
                api.post("/v1/repositories", "{'name':'half','type':'S3'}")
                        .then()
                        .statusCode(400)
                        .extract()
                        .path("errors[0].field"));
    }
}
