package io.pgbosun.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.Api;
import io.pgbosun.TestHome;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.OperationState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README says how it is: its examples run, and its tables are complete. */
@QuarkusTest
@WithTestResource(TestHome.class)
class ReadmeTest {
    private static final Page README = Page.of("README.md");

    @TempDir
    Path directory;

    @Inject
    Catalogue catalogue;

    @ConfigProperty(name = "test.url")
    String url;

    /** In order and in one shell. Those that need a program which is not installed are left out, by name. */
    @Test
    void every_example_says_what_it_says() throws IOException {
        var examples = README.blocks("example");
        assertTrue(examples.size() >= 6, "README has only " + examples.size() + " examples");
        var wrong = new ArrayList<String>();
        try (var shell = new Shell(workplace(), environment())) {
            for (var block : examples) {
                var missing = Arrays.stream(block.says().split(" "))
                        .filter(program -> !program.isEmpty() && !shell.has(program))
                        .toList();
                if (missing.isEmpty()) {
                    Page.examples(block).forEach(example -> check(shell, block, example, wrong));
                } else {
                    System.out.printf("README line %d is not tried: %s is not installed%n", block.line(), missing);
                }
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    private static void check(Shell shell, Page.Block block, Page.Example example, List<String> wrong) {
        var said = shell.run(example.command());
        if (!Page.fits(example.output(), said)) {
            wrong.add("README.md, block at line %d: %s%nis to say%n%s%nbut says%n%s"
                    .formatted(block.line(), example.command(), example.output(), said));
        }
    }

    private Map<String, String> environment() {
        var environment = new LinkedHashMap<String, String>();
        environment.put("URL", url);
        environment.put("TOKEN", Api.admin().token());
        environment.put("PGBOSUN_URL", url);
        environment.put("PGBOSUN_TOKEN", Api.admin().token());
        environment.put("COLUMNS", "200");
        environment.put("LC_ALL", "C.UTF-8");
        var tools = Path.of("src/test/contract/node_modules/.bin").toAbsolutePath();
        environment.put("PATH", tools + ":" + System.getenv("PATH"));
        return environment;
    }

    /** A folder with a {@code pgbosun} that is the client of the classes under test. */
    private Path workplace() throws IOException {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var client = Files.writeString(
                directory.resolve("pgbosun"), """
                #!/usr/bin/env bash
                exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '%s' io.pgbosun.cli.Cli "$@"
                """.formatted(java, System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwx------"));
        return directory;
    }

    @Test
    void the_table_of_kinds_is_that_of_the_catalogue() {
        var expected = new TreeMap<String, List<String>>();
        catalogue
                .kinds()
                .forEach(kind -> expected.put(
                        kind.name(),
                        List.of(
                                "`" + kind.declared().permission().slug() + "`",
                                kind.declared().risk().name(),
                                kind.declared().cancel().name())));
        var written = new TreeMap<String, List<String>>();
        README.rows("Kinds of operations")
                .forEach(row -> written.put(
                        row.get(0).replace("`", ""),
                        List.of(row.get(2), row.get(3).replaceAll(";.*", ""), row.get(4))));
        assertEquals(expected, written);
    }

    @Test
    void the_routes_of_the_kinds_are_in_the_document() {
        Map<String, Map<String, Object>> paths =
                Api.admin().get("/q/openapi?format=json").jsonPath().getMap("paths");
        for (var row : README.rows("Kinds of operations")) {
            var route =
                    row.get(1).replaceAll("`([A-Z]+) ([^`?]+).*", "$1 /v1$2").split(" ");
            var path = route[1].replace("{c}", "{cluster}")
                    .replace("{b}", "{backup}")
                    .replace("{i}", "{instance}")
                    .replace("{r}", "{repository}");
            assertTrue(
                    paths.getOrDefault(path, Map.of()).containsKey(route[0].toLowerCase(java.util.Locale.ROOT)),
                    String.join(" ", route) + " is no route");
        }
    }

    @Test
    void the_table_of_states_has_each_state() {
        assertEquals(
                Arrays.stream(OperationState.values())
                        .map(state -> "`" + state + "`")
                        .collect(Collectors.toSet()),
                README.rows("States of an operation").stream()
                        .map(List::getFirst)
                        .collect(Collectors.toSet()));
    }

    @Test
    void every_setting_exists_and_none_is_missing() throws IOException {
        var written = README.rows("Settings").stream()
                .map(row -> row.getFirst().replace("`", ""))
                .collect(Collectors.toSet());
        assertFalse(written.isEmpty());
        assertEquals(Settings.all(), new java.util.TreeSet<>(written));
    }

    @Test
    void the_code_in_ARCHITECTURE_is_that_of_the_tree() throws IOException {
        var blocks = Page.of("ARCHITECTURE.md").blocks("verbatim");
        assertTrue(blocks.size() >= 7, "only " + blocks.size() + " blocks");
        for (var block : blocks) {
            assertTrue(
                    Files.readString(Path.of(block.says())).contains(block.code()),
                    "ARCHITECTURE.md line %d is not in %s any more; it says%n%s"
                            .formatted(block.line(), block.says(), block.code()));
        }
    }

    @Test
    void every_direct_dependency_is_explained() throws IOException {
        var explained = Page.of("ARCHITECTURE.md").rows("Dependencies").stream()
                .map(List::getFirst)
                .collect(Collectors.joining(" "));
        var pom = Files.readString(Path.of("pom.xml"));
        var dependencies = pom.substring(pom.indexOf("</dependencyManagement>"), pom.indexOf("<build>"))
                .replaceAll("<exclusion>.*</exclusion>", "");
        var unexplained = java.util.regex.Pattern.compile("<artifactId>([^<]+)</artifactId>")
                .matcher(dependencies)
                .results()
                .map(found -> found.group(1))
                .filter(artifact -> !explained.contains("`" + artifact + "`"))
                .toList();
        assertEquals(List.of(), unexplained, "add a row to ARCHITECTURE's table of dependencies");
    }
}
