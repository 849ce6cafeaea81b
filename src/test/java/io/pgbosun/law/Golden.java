package io.pgbosun.law;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.Plan;
import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The plans of all runbooks, kept in a file: a change of one is seen by whoever reads the change. */
final class Golden {
    private static final Path FILE = Path.of("src/test/resources/golden/runbooks.txt");
    private static final String UPDATE = "golden.update";

    private Golden() {}

    static String show(Lab lab, Kind kind, Scenario scenario) {
        var title = "%s, %s%n".formatted(kind.name(), scenario.name());
        try {
            return title + show(lab.preview(scenario));
        } catch (Problem problem) {
            var detail = Normal.of(List.of(problem.detail()), lab.home()).getFirst();
            return title + "  refused: %s%n%n".formatted(detail);
        }
    }

    private static String show(Plan plan) {
        var text = new StringBuilder();
        plan.checks().stream()
                .filter(check -> check.verdict() == Checks.Verdict.BLOCK)
                .forEach(check -> text.append("  refused: %s%n".formatted(check.name())));
        plan.steps()
                .forEach(step -> text.append("  %-6s  %s%s%s%n"
                        .formatted(
                                step.effect() == Plan.Effect.POINT_OF_NO_RETURN ? "------" : step.effect(),
                                Normal.of(step.name()),
                                step.undoneOnFailure() ? ", undone on failure" : "",
                                step.alreadySo() ? " (already so)" : "")));
        return text.append(System.lineSeparator()).toString();
    }

    static void compare(String found) {
        try {
            if (Boolean.getBoolean(UPDATE)) {
                Files.createDirectories(FILE.getParent());
                Files.writeString(FILE, found);
            }
            var kept = Files.exists(FILE) ? Files.readString(FILE) : "";
            assertEquals(
                    kept,
                    found,
                    "Runbooks have changed. If that is meant, run with -Dgolden.update=true and commit " + FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
