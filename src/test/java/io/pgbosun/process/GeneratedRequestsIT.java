package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.pgbosun.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The running service against its own OpenAPI document: Specmatic makes requests of it, right ones and wrong ones, and
 * every answer must be a documented one. That Specmatic itself wants 200 of requests about things that do not exist is
 * not looked at.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratedRequestsIT {
    private static final Duration AT_MOST = Duration.ofMinutes(Boolean.getBoolean("pgbosun.long") ? 60 : 8);
    /** So many requests for each answer that is documented, of all that the optional parameters would allow. */
    private static final String COMBINATIONS = Boolean.getBoolean("pgbosun.long") ? "2" : "1";

    /** Ends with the operation, which here never ends. */
    private static final String ENDLESS = "/v1/operations/{operation}/watch";

    /** Several threads want the document named here. */
    private static final String SETTINGS = """
            version: 2
            contracts:
              - provides:
                  - openapi.yaml
            """;

    private final Path folder = Service.newFolder();
    private final Map<String, String> known = new HashMap<>();
    private Service maker;
    private Service service;

    /** What is asked is accepted and never carried out: the only worker is ended once there is a cluster. */
    @BeforeAll
    void start() {
        maker = Service.first(folder, "api,worker");
        maker.rest().provision("generated", 1);
        var backup = maker.rest().succeed("/v1/clusters/generated/backups", "{'databases':['postgres']}");
        service = maker.beside("two", "api");
        maker.kill();
        known.put("cluster", "generated");
        known.put("database", "postgres");
        known.put("host", "local");
        known.put("repository", "default");
        known.put("user", "U024BE7LH");
        known.put("backup", backup.getString("result.backup"));
        known.put("operation", backup.getString("id"));
        known.put(
                "token",
                service.rest()
                        .post("/v1/tokens", "{'principal':'other','grants':[{'role':'VIEWER','labels':{}}]}")
                        .json()
                        .getString("token.id"));
    }

    @AfterAll
    void stop() {
        Service.clear(folder, maker, service);
    }

    @Test
    void every_answer_to_a_generated_request_is_documented_and_none_is_a_bug() throws IOException {
        var work = Files.createDirectories(folder.resolve("specmatic"));
        var document = sharpened();
        new YAMLMapper().writeValue(work.resolve("openapi.yaml").toFile(), document);
        Files.writeString(work.resolve("specmatic.yaml"), SETTINGS);
        try (var proxy = new JudgedProxy(service.port())) {
            var specmatic = Program.run(work, settings(), AT_MOST, command(proxy.url()));
            System.out.println("answers to generated requests, by status: " + proxy.statuses());
            assertEquals(List.of(), List.copyOf(proxy.complaints().values()));
            assertEquals(List.of(), uncalled(document, proxy.calls()), specmatic::end);
            assertTrue(
                    proxy.statuses().keySet().containsAll(List.of(200, 201, 202, 400, 404, 409, 422)),
                    proxy.statuses().toString());
        }
    }

    private Map<String, String> settings() {
        return Map.of(
                "token", service.token(),
                "SPECMATIC_GENERATIVE_TESTS", "true",
                "SPECMATIC_TEST_PARALLELISM", "4",
                "SPECMATIC_DISABLE_TELEMETRY", "true",
                "MAX_TEST_REQUEST_COMBINATIONS", COMBINATIONS);
    }

    private static List<String> command(String url) {
        return List.of(
                Program.java(),
                "-DtestBaseURL=" + url, // as an option it is not known to all threads
                "-jar",
                Program.tool("specmatic/specmatic.jar").toString(),
                "test",
                "--filter=PATH!='" + ENDLESS + "'");
    }

    /** The calls of the document that no request was made for. */
    private static List<String> uncalled(JsonNode document, Set<String> calls) {
        var uncalled = new ArrayList<String>();
        document.path("paths").forEachEntry((path, item) -> {
            var pattern = path.replaceAll("\\{\\w+}", "[^/]+");
            item.fieldNames().forEachRemaining(method -> {
                var call = method.toUpperCase(Locale.ROOT) + " " + pattern;
                if (!path.equals(ENDLESS) && calls.stream().noneMatch(made -> made.matches(call))) {
                    uncalled.add(method + " " + path);
                }
            });
        });
        return uncalled;
    }

    /**
     * The document with the ids of things that there are, and with characters that Specmatic's generator of texts knows;
     * otherwise most requests would go no further than to the first check.
     */
    private JsonNode sharpened() throws IOException {
        var text = Files.readString(Contract.DOCUMENT).replace("[^\\\\x00-\\\\x1F\\\\x7F]", "[ -~]");
        var document = new YAMLMapper().readTree(text);
        // Specmatic makes the same requests for each good answer: once is enough of starts, which may answer a plan as
        // well
        document.findValues("responses").stream()
                .filter(answers -> answers.has("202"))
                .forEach(answers -> ((ObjectNode) answers).remove("200"));
        document.path("paths")
                .findValues("parameters")
                .forEach(parameters -> parameters.forEach(parameter -> sharpen((ObjectNode) parameter)));
        return document;
    }

    private void sharpen(ObjectNode parameter) {
        var name = parameter.path("name").asText();
        var schema = (ObjectNode) parameter.path("schema");
        switch (name) {
            case "pageSize", "after", "Last-Event-ID" -> schema.put("pattern", "^[0-9]{1,3}$");
            case "wait" -> schema.put("pattern", "^[01]s$");
            case "since", "until" -> schema.put("format", "date-time");
            default -> {
                if (known.containsKey(name)) {
                    schema.removeAll().put("type", "string").putArray("enum").add(known.get(name));
                }
            }
        }
    }
}
