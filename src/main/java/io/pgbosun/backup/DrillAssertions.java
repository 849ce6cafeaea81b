package io.pgbosun.backup;

import io.pgbosun.backup.Drill.AssertionResult;
import io.pgbosun.host.Server;
import io.pgbosun.host.TableName;
import io.pgbosun.operation.Steps;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks a restored server whether what must be true of it is. */
record DrillAssertions(Server server, Manifest manifest) {
    /** A step each. */
    List<AssertionResult> judge(Steps steps, List<Assertion> assertions) {
        var results = new ArrayList<AssertionResult>();
        for (var assertion : assertions) {
            results.add(steps.get(
                    "assert %d: %s".formatted(results.size() + 1, assertion.sentence()),
                    AssertionResult.class,
                    new AssertionResult(assertion.sentence(), true, "not asked yet"),
                    () -> judge(assertion)));
        }
        return results;
    }

    private AssertionResult judge(Assertion assertion) {
        var sentence = assertion.sentence();
        try {
            return switch (assertion.type()) {
                case ROW_COUNT -> {
                    var rows = server.countRows(assertion.database(), TableName.parse(assertion.table()));
                    yield new AssertionResult(sentence, rows >= assertion.atLeast(), rows + " rows", rows);
                }
                case FRESHNESS -> fresh(assertion);
                case AMCHECK -> {
                    var wrong = server.amcheck(assertion.database());
                    yield new AssertionResult(
                            sentence, wrong.isEmpty(), wrong.isEmpty() ? "nothing wrong" : String.join("; ", wrong));
                }
                case SQL -> {
                    var wanted = assertion.expected() == null ? "t" : assertion.expected();
                    var seen = server.value(assertion.database(), assertion.query());
                    yield new AssertionResult(
                            sentence, seen.filter(wanted::equals).isPresent(), seen.orElse("no row"));
                }
            };
        } catch (Problem problem) {
            if (problem.type() == ProblemType.PROGRAM_FAILED) {
                return new AssertionResult(sentence, false, problem.detail());
            }
            throw problem;
        }
    }

    /** Measured against the time of the backup: a backup does not grow stale by waiting for its drill. */
    private AssertionResult fresh(Assertion assertion) {
        var newest = server.newest(assertion.database(), TableName.parse(assertion.table()), assertion.column());
        var age = newest.map(at -> Duration.between(at, manifest.startTime()).toSeconds());
        return new AssertionResult(
                assertion.sentence(),
                age.filter(seconds -> seconds <= assertion.maxAgeSeconds()).isPresent(),
                age.map(seconds -> seconds + " s old when the backup began").orElse("no value"));
    }
}
