package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.gax.longrunning.OperationFuture;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import io.pgbosun.Contract;
import io.pgbosun.v1.Assertion;
import io.pgbosun.v1.AssertionType;
import io.pgbosun.v1.BackupServiceGrpc;
import io.pgbosun.v1.MaintenanceServiceGrpc;
import io.pgbosun.v1.NoOp;
import io.pgbosun.v1.NoOpRequest;
import io.pgbosun.v1.NoOpResult;
import io.pgbosun.v1.OperationState;
import io.pgbosun.v1.RunDrill;
import io.pgbosun.v1.RunDrillRequest;
import io.pgbosun.v1.RunDrillResult;
import io.pgbosun.v1.TakeBackupResult;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The main job as others do it: with generated clients, with stock gRPC programs, and with the examples to copy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsumersIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path EXAMPLES = PROJECT.resolve("deploy/examples");
    private static final String PYTHON = "/usr/bin/python3";
    private static final Duration AT_MOST = Duration.ofMinutes(5);
    private static final String SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

    private final Path folder = Service.newFolder();
    private final Path work = folder.resolve("clients");
    private Service service;

    @BeforeAll
    void start() throws IOException {
        Files.createDirectories(work);
        service = Service.first(folder, "api,worker", Map.of("PGBOSUN_CHAT_SLACK_SIGNING_SECRET", SIGNING_SECRET));
        service.rest().provision("orders", 1);
    }

    @AfterAll
    void stop() {
        try {
            new Oracle(service).refuseFindings();
        } finally {
            Service.clear(folder, service);
        }
    }

    private String url() {
        return "http://127.0.0.1:" + service.port();
    }

    private Map<String, String> environment() {
        return Map.of(
                "PGBOSUN_URL",
                url(),
                "PGBOSUN_TOKEN",
                service.token(),
                "SIGNING_SECRET",
                SIGNING_SECRET,
                "CHAT_USER",
                "U024BE7LH",
                "PORT",
                "0",
                "PATH",
                Program.tool(".bin") + ":" + System.getenv("PATH"));
    }

    private String run(Path directory, String... command) {
        return Program.run(directory, environment(), AT_MOST, List.of(command)).succeeded();
    }

    private void generate(String generator, Path output, String... more) {
        var command = new ArrayList<>(List.of(
                Program.java(),
                "-jar",
                Path.of("target/contract/openapi-generator-cli.jar")
                        .toAbsolutePath()
                        .toString(),
                "generate",
                "-i",
                Contract.DOCUMENT.toAbsolutePath().toString(),
                "-g",
                generator,
                "-o",
                output.toString(),
                "--global-property",
                "apiDocs=false,modelDocs=false,apiTests=false,modelTests=false"));
        command.addAll(List.of(more));
        run(work, command.toArray(String[]::new));
    }

    private Path copied(String client) throws IOException {
        var directory = Files.createDirectories(work.resolve(client));
        try (var files = Files.list(EXAMPLES.resolve("clients").resolve(client))) {
            for (var file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        return directory;
    }

    @Test
    void the_generated_java_client_does_the_main_job() throws IOException {
        var directory = copied("java");
        generate(
                "java",
                directory.resolve("client"),
                "--library=native",
                "--additional-properties=openApiNullable=false,useJakartaEe=true,apiPackage=client.api,modelPackage=client.model,invokerPackage=client");
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var compile = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/javac", "-nowarn", "-cp", classPath, "-d", "classes"));
        compile.add("MainJob.java");
        try (var sources = Files.walk(directory.resolve("client/src/main"))) {
            sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(compile::add);
        }
        run(directory, compile.toArray(String[]::new));
        assertEquals(
                "backup of java: CHECKSUMMED [postgres, shop]\n",
                run(directory, Program.java(), "-cp", "classes:" + classPath, "MainJob", url(), service.token()));
    }

    @Test
    void the_generated_typescript_client_does_the_main_job() throws IOException {
        var directory = copied("typescript");
        generate(
                "typescript-fetch",
                directory.resolve("client"),
                "--additional-properties=supportsES6=true,importFileExtension=.js");
        Files.writeString(directory.resolve("package.json"), "{\"type\":\"module\"}");
        Files.createSymbolicLink(directory.resolve("node_modules"), Program.tool(""));
        run(directory, Program.tool(".bin/tsc").toString(), "-p", ".");
        assertEquals(
                "backup of typescript: CHECKSUMMED [postgres,shop]\n",
                run(directory, "node", "built/main.js", url(), service.token()));
    }

    /** For pydantic 1, which Debian 12 has, there is a generator of its own. */
    @Test
    void the_generated_python_client_does_the_main_job() throws IOException {
        var directory = copied("python");
        var pydantic = run(directory, PYTHON, "-c", "import pydantic; print(pydantic.VERSION)");
        generate(
                pydantic.startsWith("1.") ? "python-pydantic-v1" : "python",
                directory.resolve("generated"),
                "--additional-properties=packageName=pgbosun_client",
                "--name-mappings=register=register_"); // pydantic has an attribute of this name
        Files.move(directory.resolve("generated/pgbosun_client"), directory.resolve("pgbosun_client"));
        Files.copy(PROJECT.resolve("src/test/contract/aenum.py"), directory.resolve("aenum.py"));
        assertEquals(
                "backup of python: CHECKSUMMED ['postgres', 'shop']\n",
                run(directory, PYTHON, "main.py", url(), service.token()).replace("Confidence.", ""));
    }

    /** Started by a program that knows no protobuf file of ours, awaited by one that knows nothing but Google's. */
    @Test
    void a_stock_poller_of_google_longrunning_waits_for_what_buf_started_over_reflection() throws Exception {
        var name = buf("pgbosun.v1.BackupService/TakeBackup", "{'cluster':'orders','takeBackup':{}}")
                .getString("name");
        try (var poller = new StockPoller(service.port(), service.token())) {
            var backups = poller.of(BackupServiceGrpc.getTakeBackupMethod(), TakeBackupResult.class);
            var backup = backups.resumeFutureCall(name).get().getBackup();

            var drills = poller.of(BackupServiceGrpc.getRunDrillMethod(), RunDrillResult.class);
            var drill = RunDrill.newBuilder().setBackup(backup);
            var ended = drills.futureCall(RunDrillRequest.newBuilder()
                    .setCluster("orders")
                    .setRunDrill(drill)
                    .build());
            assertEquals(backup, ended.get().getDrill().getBackup());
            assertEquals(
                    OperationState.OPERATION_STATE_SUCCEEDED,
                    ended.getMetadata().get().getState());

            drill.addAssertions(Assertion.newBuilder()
                    .setType(AssertionType.ASSERTION_TYPE_SQL)
                    .setDatabase("shop")
                    .setQuery("select false")
                    .setExpected("t"));
            var disproved = drills.futureCall(RunDrillRequest.newBuilder()
                    .setCluster("orders")
                    .setRunDrill(drill)
                    .build());
            assertTrue(refusal(disproved).getMessage().contains("assertions failed"));
        }
    }

    @Test
    void a_stock_poller_of_google_longrunning_cancels() throws Exception {
        try (var poller = new StockPoller(service.port(), service.token())) {
            var calls = poller.of(MaintenanceServiceGrpc.getNoOpMethod(), NoOpResult.class);
            var started = calls.futureCall(NoOpRequest.newBuilder()
                    .setCluster("orders")
                    .setNoOp(NoOp.newBuilder().setSteps(20).setStepMillis(60_000))
                    .build());
            calls.cancel(started.getName()).get();
            assertEquals(
                    StatusCode.Code.CANCELLED, refusal(started).getStatusCode().getCode());
        }
    }

    private static ApiException refusal(OperationFuture<?, ?> future) {
        return assertInstanceOf(
                ApiException.class,
                assertThrows(ExecutionException.class, future::get).getCause());
    }

    private JsonPath buf(String method, String json) {
        return JsonPath.from(run(
                work,
                Program.tool(".bin/buf").toString(),
                "curl",
                "--protocol=grpc",
                "--http2-prior-knowledge",
                "-Hauthorization: Bearer " + service.token(),
                "-d" + json.replace('\'', '"'),
                url() + "/" + method));
    }

    @Test
    void the_automation_example_backs_up_and_proves_once_a_day() {
        var nightly = EXAMPLES.resolve("automation/nightly").toString();
        var first = run(work, nightly, "orders", "2026-01-01");
        assertTrue(Pattern.matches("backup \\S{36}\nproven: CONFIDENCE_\\w+, back within [0-9.]+ s\n", first), first);
        assertEquals(first, run(work, nightly, "orders", "2026-01-01"), "the same day again");
        assertNotEquals(first, run(work, nightly, "orders", "2026-01-02"), "another day");
        var unknown = Program.run(work, environment(), AT_MOST, List.of(nightly, "nowhere"));
        assertNotEquals(0, unknown.exit());
        assertTrue(unknown.output().contains("nowhere"), unknown.output());
    }

    @Test
    void the_bot_example_speaks_for_a_user_that_was_let_in() {
        var bot = EXAMPLES.resolve("bot/bot.mjs").toString();
        assertTrue(run(work, "node", bot, "help").contains("U024BE7LH"), "it says whom to let in");
        var let = service.rest()
                .post(
                        "/v1/chat/users",
                        "{'id':'U024BE7LH','principal':'ada','grants':[{'role':'OPERATOR','labels':{}}]}");
        assertEquals(201, let.status(), let.toString());
        var said = run(work, "node", bot, "backup", "orders");
        assertTrue(said.contains("orders"), said);
        var started =
                service.rest().get("/v1/operations?kind=backup&principal=ada").json();
        service.rest().succeeded(started.getString("items[0].id"));
    }

    @Test
    void the_portal_example_provisions_from_a_form_and_shows_the_steps_as_they_happen() throws Exception {
        var log = work.resolve("portal.log");
        var builder = new ProcessBuilder(
                        "node", EXAMPLES.resolve("portal/portal.mjs").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment());
        var portal = builder.start();
        try (var browser = HttpClient.newHttpClient()) {
            Eventually.until(
                    () -> "the portal listens: " + read(log),
                    AT_MOST,
                    Duration.ofMillis(50),
                    () -> read(log).contains("portal on "));
            var site = read(log).replaceAll("(?s).*portal on (\\S+).*", "$1");
            var page = body(browser, HttpRequest.newBuilder(URI.create(site + "/")));
            var key = page.replaceAll("(?s).*name=\"key\" value=\"([^\"]+)\".*", "$1");
            var started = JsonPath.from(body(browser, form(site, "portal", key)));
            assertEquals(
                    started.getString("id"),
                    JsonPath.from(body(browser, form(site, "portal", key))).getString("id"),
                    "a double click");
            var events =
                    body(browser, HttpRequest.newBuilder(URI.create(site + "/operations/" + started.getString("id"))));
            assertTrue(events.contains("\"state\":\"SUCCEEDED\""), events);
            var shown = body(browser, HttpRequest.newBuilder(URI.create(site + "/" + started.getString("target"))));
            assertEquals("PRIMARY", JsonPath.from(shown).getString("items[0].role"));
            var refused = body(browser, form(site, "Not-A-Name", "another"));
            assertTrue(JsonPath.from(refused).getString("error").contains("lower-case"), refused);
        } finally {
            portal.destroyForcibly().waitFor();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static HttpRequest.Builder form(String site, String name, String key) {
        var fields = "name=%s&database=shop&standbys=0&key=%s"
                .formatted(URLEncoder.encode(name, StandardCharsets.UTF_8), key);
        return HttpRequest.newBuilder(URI.create(site + "/clusters")).POST(HttpRequest.BodyPublishers.ofString(fields));
    }

    private static String body(HttpClient browser, HttpRequest.Builder request) throws Exception {
        return browser.send(request.timeout(AT_MOST).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
