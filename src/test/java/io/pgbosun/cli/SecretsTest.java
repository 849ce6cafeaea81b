package io.pgbosun.cli;

import static io.pgbosun.cli.StubApi.json;
import static io.pgbosun.cli.StubApi.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    private StubApi api;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        api = new StubApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void neither_the_token_nor_a_password_is_ever_printed() throws IOException {
        var secret = "the-password";
        var file = Files.writeString(folder.resolve("password"), secret + "\n");
        api.on("POST /v1/clusters", problem(401, "unauthenticated", "No valid token was given", "Send one."));
        var register = new String[] {"clusters", "register", "old", "--instance", "one=db1:5432", "--username", "u"};

        api.run(Map.of("PGBOSUN_PASSWORD", secret), register);
        var withFile = java.util.Arrays.copyOf(register, register.length + 1);
        withFile[register.length] = "--password-file=" + file;
        api.run(withFile);

        assertEquals("Bearer " + StubApi.TOKEN, api.asked.getFirst().authorization());
        assertTrue(api.asked.stream().allMatch(asked -> asked.body().contains("\"password\":\"" + secret + "\"")));
        assertFalse((api.out() + api.err()).contains(secret));
        assertFalse((api.out() + api.err()).contains(StubApi.TOKEN));
        assertTrue(api.err().contains("The token is from the environment variable PGBOSUN_TOKEN"), api.err());
    }

    @Test
    void a_token_that_cannot_be_one_is_not_shown_either() {
        assertEquals(Cli.USAGE, api.run(Map.of("PGBOSUN_TOKEN", "bad\ntoken"), "clusters", "list"));

        assertFalse(api.err().contains("token\n") && api.err().contains("bad"), api.err());
    }

    @Test
    void without_a_password_nothing_is_sent() {
        assertEquals(Cli.USAGE, api.run("clusters", "register", "old", "--instance", "db1:5432", "--username", "u"));

        assertTrue(api.err().contains("--password-file"), api.err());
        assertTrue(api.asked.isEmpty());
    }

    @Test
    void the_value_of_a_new_token_goes_to_a_file_that_only_its_owner_reads() throws IOException {
        var file = folder.resolve("value");
        api.on(
                "POST /v1/tokens",
                json(201, "{\"token\":{\"id\":\"t-1\",\"principal\":\"ci\"},\"value\":\"new-value\"}"));
        var create = new String[] {
            "tokens", "create", "--principal", "ci", "--grant", "operator:env=demo", "--value-file", file.toString()
        };

        assertEquals(Cli.OK, api.run(create));
        assertEquals(Cli.USAGE, api.run(create));

        assertEquals("new-value\n", Files.readString(file));
        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertFalse((api.out() + api.err()).contains("new-value"));
        assertEquals(1, api.asked("POST /v1/tokens").size());
        assertEquals(
                "{\"principal\":\"ci\",\"grants\":[{\"role\":\"OPERATOR\",\"labels\":{\"env\":\"demo\"}}]}",
                api.asked.getFirst().body());
    }
}
