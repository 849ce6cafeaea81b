package io.pgbosun.cli;

import static io.pgbosun.cli.StubApi.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    private static final String DIAGNOSIS = """
            {"at":"2026-11-20T03:00:00Z","since":"2026-11-13T03:00:00Z","healthy":%s,"checks":[
              {"id":"I1","title":"One.","verdict":"PASS","examinedCount":1234,"findings":[],"moreCount":0},
              {"id":"I9","title":"Nothing left.","verdict":"%s","examinedCount":7,"findings":[
                {"verdict":"%2$s","subject":"/tmp/x","seen":"It is left.","remedy":"rm -r /tmp/x"}],"moreCount":2}]}
            """;

    private StubApi api;

    @TempDir
    Path home;

    @BeforeEach
    void start() throws IOException {
        api = new StubApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_failure_is_told_with_what_was_seen_and_what_to_do_and_ends_with_one() {
        api.on("GET /v1/diagnosis", json(200, DIAGNOSIS.formatted("false", "FAIL")));

        assertEquals(Cli.NOT_SUCCEEDED, api.run("doctor", "--since", "2026-11-13T03:00:00Z"));

        assertEquals(
                "since=2026-11-13T03%3A00%3A00Z",
                api.asked("GET /v1/diagnosis").getFirst().query());
        assertEquals("""
                PASS  I1  One. (1,234 looked at)
                FAIL  I9  Nothing left. (7 looked at)
                        FAIL /tmp/x
                          seen: It is left.
                          do:   rm -r /tmp/x
                        and 2 more

                1 of 2 invariants fail, 0 want a look.
                """, api.out());
    }

    @Test
    void a_warning_ends_with_zero_and_json_is_as_the_API_tells_it() {
        api.on("GET /v1/diagnosis", json(200, DIAGNOSIS.formatted("true", "WARN")));

        assertEquals(Cli.OK, api.run("doctor"));
        assertTrue(api.out().contains("0 of 2 invariants fail, 1 want a look."), api.out());

        assertEquals(Cli.OK, api.run("doctor", "--output", "json"));
        assertTrue(api.out().contains("\"examinedCount\" : 1234"), api.out());
    }

    @Test
    void of_a_service_that_does_not_answer_it_tells_what_the_state_folder_shows() throws IOException {
        Files.writeString(home.resolve("service.pid"), "999999999\n");
        Files.createDirectory(home.resolve("store"));
        Files.writeString(
                home.resolve("store/postmaster.pid"), ProcessHandle.current().pid() + "\n/somewhere\n");
        Files.createDirectory(home.resolve("log"));
        Files.writeString(home.resolve("log/service.log"), "first\nOutOfMemoryError\n");
        var nobody = Map.of("PGBOSUN_URL", "http://127.0.0.1:1", "PGBOSUN_HOME", home.toString());

        assertEquals(Cli.UNREACHABLE, api.run(nobody, "doctor"));

        var told = api.err();
        assertTrue(told.contains("Asked http://127.0.0.1:1 for its diagnosis, and got none."), told);
        assertTrue(told.contains("process 999999999 has died; restart it: ./pgbosun start"), told);
        assertTrue(
                told.contains("control database  runs as process "
                        + ProcessHandle.current().pid()),
                told);
        assertTrue(told.contains("OutOfMemoryError"), told);
        assertTrue(told.contains("does not answer"), told);
    }

    @Test
    void without_a_state_folder_it_says_so() {
        var nobody = Map.of(
                "PGBOSUN_URL",
                "http://127.0.0.1:1",
                "PGBOSUN_HOME",
                home.resolve("none").toString());

        assertEquals(Cli.UNREACHABLE, api.run(nobody, "doctor"));

        assertTrue(api.err().contains("there is none at " + home.resolve("none")), api.err());
    }
}
