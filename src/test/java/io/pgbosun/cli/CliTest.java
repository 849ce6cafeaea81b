package io.pgbosun.cli;

import static io.pgbosun.cli.StubApi.json;
import static io.pgbosun.cli.StubApi.lost;
import static io.pgbosun.cli.StubApi.operation;
import static io.pgbosun.cli.StubApi.operationJson;
import static io.pgbosun.cli.StubApi.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CliTest {
    private static final String TAKE = "POST /v1/clusters/demo/backups";

    private StubApi api;

    @BeforeEach
    void start() throws IOException {
        api = new StubApi().on("GET /v1/operations/op-1/events", json(200, "{\"items\":[]}"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_lost_answer_is_asked_for_again_with_the_same_key() {
        api.on(
                TAKE,
                lost(),
                problem(503, "unreachable", "A server cannot be reached", "Later."),
                json(202, operationJson("QUEUED", "")));

        assertEquals(Cli.OK, api.run("backups", "take", "demo", "--no-wait"));

        var keys = api.asked(TAKE).stream().map(StubApi.Asked::key).collect(Collectors.toSet());
        assertEquals(3, api.asked(TAKE).size());
        assertEquals(1, keys.size());
        assertTrue(keys.iterator().next().length() > 30);
    }

    @Test
    void a_call_is_repeated_three_times_at_most() {
        api.on(TAKE, lost());

        assertEquals(Cli.UNREACHABLE, api.run("backups", "take", "demo"));

        assertEquals(4, api.asked(TAKE).size());
    }

    @Test
    void a_refusal_is_not_repeated() {
        api.on(TAKE, problem(409, "busy", "Something else is at work there", "Operation x is at work."));

        assertEquals(Cli.REFUSED, api.run("backups", "take", "demo"));

        assertEquals(1, api.asked(TAKE).size());
    }

    @Test
    void a_key_of_ones_own_is_sent_as_it_is() {
        api.on(TAKE, json(202, operationJson("QUEUED", "")));

        api.run("backups", "take", "demo", "--no-wait", "--key", "night \"1\"");

        assertEquals("\"night \\\"1\\\"\"", api.asked(TAKE).getFirst().key());
    }

    @Test
    void a_refusal_names_every_field_with_its_rule_and_remedy() {
        api.on(TAKE, StubApi.typed(400, "application/problem+json", """
                        {"type":"urn:pgbosun:problem:invalid","title":"The request is not valid","status":400,"detail":"jobs: must be at most 16 (and 1 more).",
                         "errors":[{"field":"jobs","rule":"must be at most 16","remedy":"Lower it."},
                                   {"field":"format","rule":"must be one of [CUSTOM, DIRECTORY]","remedy":"Choose one of them."}],"facts":{}}
                        """));

        assertEquals(Cli.REFUSED, api.run("backups", "take", "demo", "--jobs", "99"));

        assertEquals("""
                The request is not valid.
                  jobs: must be at most 16
                      Lower it.
                  format: must be one of [CUSTOM, DIRECTORY]
                      Choose one of them.
                """, api.err());
        assertEquals("", api.out());
    }

    @Test
    void scripts_are_read_from_files_for_what_is_restored_and_for_what_is_recovered(@TempDir Path folder)
            throws IOException {
        var restores = "POST /v1/clusters/demo/restores";
        var file = Files.writeString(folder.resolve("mask.sql"), "update orders set customer = '-'")
                .toString();
        api.on(restores, json(202, operationJson("QUEUED", "")))
                .on("POST /v1/clusters", json(202, operationJson("QUEUED", "")));

        api.run("restores", "start", "demo", "--backup", "b", "--database", "shop", "--script", file, "--no-wait");
        api.run("clusters", "recover", "again", "--source", "demo", "--script", "shop=" + file, "--no-wait");

        var sql = "\"update orders set customer = '-'\"";
        assertTrue(api.asked(restores).getFirst().body().contains("\"scripts\":[" + sql + "]"));
        assertTrue(api.asked("POST /v1/clusters")
                .getFirst()
                .body()
                .contains("\"scripts\":[{\"database\":\"shop\",\"sql\":" + sql + "}]"));
        assertEquals(
                Cli.USAGE, api.run("restores", "start", "demo", "--backup", "b", "--database", "d", "--script", "/no"));
    }

    @Test
    void a_service_that_does_not_answer_is_named_with_the_way_to_start_it() {
        assertEquals(Cli.UNREACHABLE, api.run(Map.of("PGBOSUN_URL", "http://127.0.0.1:1/"), "clusters", "list"));

        assertTrue(api.err().contains("The service at http://127.0.0.1:1 does not answer"), api.err());
        assertTrue(api.err().contains("./pgbosun start"), api.err());
    }

    @Test
    void another_program_on_the_port_is_not_taken_for_pgbosun() {
        api.on("GET /v1/clusters", StubApi.typed(404, "text/html", "<html>nothing here</html>"));

        assertEquals(Cli.REFUSED, api.run("clusters", "list"));

        assertTrue(api.err().contains("is not one of pgbosun"), api.err());
        assertFalse(api.err().contains("<html>"), api.err());
    }

    @Test
    void a_senseless_command_line_is_told_apart_from_a_refusal() {
        assertEquals(Cli.USAGE, api.run("clusters", "lisst"));
        assertEquals(Cli.USAGE, api.run());
        assertEquals(Cli.USAGE, api.run("clusters"));
        assertEquals(Cli.USAGE, api.run("clusters", "get", "demo", "-o", "yaml"));
        assertEquals(Cli.USAGE, api.run("drills", "run", "demo", "--rows", "orders"));
        assertTrue(api.asked.isEmpty());
    }

    @Test
    void the_exit_code_tells_whether_the_operation_succeeded() {
        api.on(TAKE, json(202, operationJson("QUEUED", "")));
        api.on(
                "GET /v1/operations/op-1",
                operation("SUCCEEDED", ""),
                operation("FAILED", ""),
                operation("CANCELLED", ""),
                operation("STUCK", ""));

        assertEquals(Cli.OK, api.run("backups", "take", "demo"));
        assertEquals(Cli.NOT_SUCCEEDED, api.run("backups", "take", "demo"));
        assertEquals(Cli.NOT_SUCCEEDED, api.run("backups", "take", "demo"));
        assertEquals(Cli.NOT_SUCCEEDED, api.run("backups", "take", "demo"));
        assertTrue(api.out().contains("./pgbosun operations resolve op-1"), api.out());
    }

    @Test
    void a_failed_operation_says_why() {
        api.on(
                "GET /v1/operations/op-1",
                operation("FAILED", ",\"problem\":{\"title\":\"There is no space left\",\"detail\":\"Make room.\"}"));

        assertEquals(Cli.NOT_SUCCEEDED, api.run("operations", "watch", "op-1"));

        assertTrue(
                api.out()
                        .startsWith(
                                "backup of clusters/demo: FAILED after 4.0 s (operation op-1)\nThere is no space left.\n  Make room.\n"),
                api.out());
    }

    @Test
    void options_become_the_fields_of_the_request_and_what_was_not_given_is_left_out() {
        api.on(TAKE, json(202, operationJson("QUEUED", "")));

        api.run(
                "backups",
                "take",
                "demo",
                "--no-wait",
                "--database",
                "a,b",
                "--database",
                "c",
                "--format",
                "directory",
                "--jobs",
                "4",
                "--source",
                "prefer-standby",
                "--reason",
                "a & b",
                "--on-conflict",
                "reject",
                "--start-time",
                "2026-11-20T03:00:00Z");

        var asked = api.asked(TAKE).getFirst();
        assertEquals(
                "{\"databases\":[\"a\",\"b\",\"c\"],\"format\":\"DIRECTORY\",\"jobs\":4,\"source\":\"PREFER_STANDBY\"}",
                asked.body());
        assertEquals("reason=a+%26+b&startTime=2026-11-20T03%3A00%3A00Z&onConflict=REJECT", asked.query());
    }

    @Test
    void a_part_of_a_second_is_sent_as_it_was_given() {
        var drill = "POST /v1/clusters/demo/failover-drills";
        api.on(drill, json(202, operationJson("QUEUED", "")));

        api.run(
                "failovers",
                "drill",
                "demo",
                "--no-wait",
                "--max-without-writes-seconds",
                "2.5",
                "--max-lost-rows",
                "0",
                "--synchronous");

        assertEquals(
                "{\"synchronous\":true,\"maxWithoutWritesSeconds\":2.5,\"maxLostRows\":0}",
                api.asked(drill).getFirst().body());
    }

    @Test
    void a_preview_prints_the_plan_and_starts_nothing() {
        api.on(TAKE, json(200, """
                        {"kind":"backup","target":"clusters/demo","risk":"LOW","cancelEffect":"SAFE","needsApproval":false,
                         "steps":[{"name":"dump demo","effect":"CHANGE","alreadySo":false,"undoneOnFailure":true}],
                         "checks":[{"name":"there is room","verdict":"BLOCK","value":"1 MiB","threshold":"2 MiB","remedy":"Make room."}],
                         "blastRadius":{"locks":["ACCESS SHARE on every table"],"diskBytes":2097152},"digest":"abc"}
                        """));

        assertEquals(Cli.NOT_SUCCEEDED, api.run("backups", "take", "demo", "--preview"));

        assertEquals("""
                Plan: backup of clusters/demo. Nothing has been changed.
                Risk LOW; cancelling is SAFE.

                Checks
                  BLOCK  there is room: 1 MiB (wanted: 2 MiB)
                         Make room.

                Steps
                   1. CHANGE                dump demo (taken back on failure)

                Locks
                  ACCESS SHARE on every table
                Disk space needed: 2.0 MiB

                It would be refused: see the checks that BLOCK.
                Digest: abc
                Start it with --plan-digest and this digest to have it refused when the facts have changed.
                """, api.out());
        assertEquals("preview=true", api.asked(TAKE).getFirst().query());
    }

    @Test
    void json_output_is_what_the_api_said() throws IOException {
        var said = "{\"items\":[{\"name\":\"demo\",\"labels\":{\"env\":\"demo\"}}],\"nextPageToken\":\"t\"}";
        api.on("GET /v1/clusters", json(200, said));

        api.run("clusters", "list", "-o", "json");

        assertEquals(Api.parse(said), Api.parse(api.out()));
    }

    @Test
    void a_list_is_a_table_and_tells_how_to_go_on() {
        api.on(
                "GET /v1/clusters",
                json(
                        200,
                        "{\"items\":[{\"name\":\"demo\",\"driver\":\"NATIVE\",\"instanceCount\":2}],\"nextPageToken\":\"t\"}"));

        api.run("clusters", "list", "--label", "env=demo", "--label", "team=a b", "--page-size", "1");

        assertEquals(
                "NAME  DRIVER  ORIGIN  INSTANCE COUNT  LABELS  CREATE TIME\ndemo  NATIVE  -                    2  -       -\n",
                api.out());
        assertEquals("There are more: --page-token t\n", api.err());
        assertEquals(
                "label=env%3Ddemo&label=team%3Da+b&pageSize=1",
                api.asked.getFirst().query());
    }

    @Test
    void every_command_has_help_with_a_description() {
        var session = new Session(new Api(Settings.of(Map.of())), System.out, System.err, false, text -> null);
        var commands = Cli.commandLine(session);

        assertTrue(commands.getSubcommands().size() > 10);
        commands.getSubcommands().values().forEach(CliTest::assertDescribed);
    }

    private static void assertDescribed(CommandLine command) {
        var usage = command.getCommandSpec();
        assertEquals(1, usage.usageMessage().description().length, usage.qualifiedName());
        assertTrue(usage.findOption("--help").usageHelp(), usage.qualifiedName());
        usage.options()
                .forEach(option -> assertEquals(1, option.description().length, usage.qualifiedName() + " " + option));
        usage.positionalParameters()
                .forEach(parameter -> assertEquals(1, parameter.description().length, usage.qualifiedName()));
        command.getSubcommands().values().forEach(CliTest::assertDescribed);
    }
}
