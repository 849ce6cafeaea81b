package io.pgbosun.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Backups that are encrypted before they leave the host, in a directory and in object storage. */
@QuarkusTest
@WithTestResource(TestHome.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncryptedRepositoryTest {
    private static final String CLUSTER = "/v1/clusters/sealed";
    private static final String BACKUPS = CLUSTER + "/backups";
    private static final List<String> REPOSITORIES = List.of("sealed-s3", "sealed-directory");

    private final Api api = Api.admin();
    private S3Server s3;
    private Path directory;

    @ConfigProperty(name = "pgbosun.home")
    Path home;

    @BeforeAll
    void provision() throws IOException {
        s3 = S3Server.start();
        directory = Files.createDirectory(home.resolve("sealed"));
        api.succeed("/v1/clusters", "{'name':'sealed','provision':{'databases':['shop'],'seed':{'pgbenchScale':1}}}");
        create(s3.repository("sealed-s3", ObjectServer.PLACE, s3.secret()).strip());
        create("{'name':'sealed-directory','type':'FILESYSTEM','path':'%s'}".formatted(directory));
    }

    private void create(String repository) {
        var created =
                api.post("/v1/repositories", repository.substring(0, repository.length() - 1) + ",'encrypted':true}");
        assertEquals(201, created.statusCode(), created.asString());
        assertTrue(created.jsonPath().getBoolean("encrypted"));
    }

    @AfterAll
    void stop() {
        s3.close();
    }

    private String take(String repository, String engine) {
        return api.succeed(BACKUPS, "{'repository':'%s','engine':'%s'}".formatted(repository, engine))
                .getString("result.backup");
    }

    private long keyOf(String backup) {
        return api.get("/v1/backups/" + backup).jsonPath().getLong("keyId");
    }

    private long rotated() {
        var rotated = api.post("/v1/backup-keys", "{}");
        assertEquals(201, rotated.statusCode(), rotated.asString());
        return rotated.jsonPath().getLong("id");
    }

    /** How a stored file begins. */
    private String beginning(String repository, String path) throws IOException {
        try (var content = repository.endsWith("s3")
                ? s3.at("fleet/").open(path)
                : Files.newInputStream(directory.resolve(path))) {
            return new String(content.readNBytes(400), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void what_is_dumped_is_stored_encrypted_and_restored_after_the_keys_were_rotated() throws IOException {
        for (var repository : REPOSITORIES) {
            var backup = take(repository, "PG_DUMP");
            assertFalse(beginning(repository, backup + "/globals.sql").contains("PostgreSQL"));
            assertFalse(beginning(repository, backup + "/database-1.dump").startsWith("PGDMP"));
            assertFalse(beginning(repository, backup + "/database-2.dump").startsWith("PGDMP"));
            var key = keyOf(backup);
            var newKey = rotated();
            assertNotEquals(key, newKey);
            var drill = api.succeed(
                    CLUSTER + "/drills",
                    "{'backup':'%s','assertions':[{'type':'ROW_COUNT','database':'shop','table':'pgbench_accounts','atLeast':100000}]}"
                            .formatted(backup));
            assertEquals("ASSERTED", drill.getString("result.confidence"));
            var restored = api.succeed(
                    CLUSTER + "/restores",
                    "{'backup':'%s','database':'shop','into':'%s','jobs':2}"
                            .formatted(backup, repository.replace('-', '_')));
            assertEquals(5, restored.getInt("result.tables"));
            assertEquals(newKey, keyOf(take(repository, "PG_DUMP")));
            assertEquals(key, keyOf(backup));
            assertEquals(List.of(), spooled());
        }
    }

    /** Files in the clear that are left. */
    private List<Path> spooled() throws IOException {
        var spool = home.resolve("spool");
        if (!Files.exists(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(spool)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void a_whole_server_is_stored_encrypted_and_recovered_unless_it_is_damaged() throws IOException {
        for (var repository : REPOSITORIES) {
            var backup = take(repository, "PG_BASEBACKUP");
            assertFalse(beginning(repository, backup + "/base.tar.zst").startsWith("\u0028\u00b5\u002f\u00fd"));
            rotated();
            api.succeed("/v1/clusters", recover(backup));
            assertTrue(api.get("/v1/clusters/unsealed/databases").asString().contains("shop"));
            api.succeeded(api.delete("/v1/clusters/unsealed?confirm=unsealed"));
        }
    }

    private static String recover(String backup) {
        return "{'name':'unsealed','recover':{'source':'sealed','backup':'%s'}}".formatted(backup);
    }

    @Test
    void a_flipped_byte_is_named_and_nothing_is_made_of_it() throws IOException {
        for (var engine : List.of("PG_DUMP", "PG_BASEBACKUP")) {
            var backup = take("sealed-directory", engine);
            var name = engine.equals("PG_DUMP") ? "database-1.dump" : "base.tar.zst";
            var file = directory.resolve(backup).resolve(name);
            var bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            var drill = api.ended(api.started(api.post(CLUSTER + "/drills", "{'backup':'%s'}".formatted(backup))));
            assertEquals("urn:pgbosun:problem:damaged", drill.getString("problem.type"));
            assertTrue(drill.getString("problem.detail").contains(name), drill.getString("problem.detail"));
            api.succeeded(api.delete("/v1/backups/" + backup));
        }
    }

    @Test
    void without_its_key_a_backup_is_refused_with_what_to_do() throws IOException {
        var backups = List.of(take("sealed-directory", "PG_DUMP"), take("sealed-s3", "PG_BASEBACKUP"));
        withoutKeys(
                drill -> {
                    assertEquals("FAILED", drill.getString("state"));
                    var detail = drill.getString("problem.detail");
                    assertTrue(detail.contains("PGBOSUN_BACKUP_KEY_FILE"), detail);
                },
                backups);
        for (var backup : backups) {
            api.succeed(CLUSTER + "/drills", "{'backup':'%s'}".formatted(backup));
        }
    }

    private void withoutKeys(Consumer<JsonPath> seen, List<String> backups) throws IOException {
        var keys = home.resolve("backup-keys");
        var aside = home.resolve("backup-keys-aside");
        Files.move(keys, aside);
        try {
            for (var backup : backups) {
                seen.accept(api.ended(api.started(api.post(CLUSTER + "/drills", "{'backup':'%s'}".formatted(backup)))));
            }
        } finally {
            Files.move(aside, keys);
        }
    }
}
