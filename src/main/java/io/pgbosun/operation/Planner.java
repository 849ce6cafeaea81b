package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Json;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Makes plans: runs a kind's checks and its runbook without doing anything. */
@Singleton
class Planner {
    private final Json json;
    private final Clock clock;

    Planner(Json json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    /** The checks alone, as they are run again when an operation starts. */
    Checks check(Kind kind, Target target, OperationSpec spec) {
        var checks = new Checks(clock);
        kind.handler().check(target, spec, checks);
        return checks;
    }

    Plan plan(Kind kind, Target target, OperationSpec spec, boolean needsApproval) {
        var checks = check(kind, target, spec);
        var steps = new PlanSteps();
        if (checks.blocking().isEmpty()) {
            kind.handler().run(target, spec, steps);
        }
        return new Plan(
                kind.name(),
                target.toString(),
                kind.risk(spec),
                kind.declared().cancel(),
                needsApproval,
                steps.steps(),
                checks.found(),
                checks.blastRadius(),
                digest(kind, target, spec, checks));
    }

    /**
     * SHA-256 over what a plan rests on: kind, target, parameters, the facts that the handler names and how each check
     * came out; not the values seen, which change from minute to minute.
     */
    String digest(Kind kind, Target target, OperationSpec spec, Checks checks) {
        var verdicts = checks.found().stream()
                .map(check -> check.name() + "=" + check.verdict())
                .toList();
        var text = json.show(List.of(kind.name(), target.toString(), spec, checks.facts(), verdicts));
        try {
            var sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Refuses when a check blocks, telling all that do. */
    static void refuseBlocked(Checks checks) {
        var blocking = checks.blocking();
        if (!blocking.isEmpty()) {
            var first = blocking.getFirst();
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    "%s: %s, but %s is needed. %s"
                            .formatted(first.name(), first.value(), first.threshold(), first.remedy()),
                    Map.of("checks", blocking));
        }
    }

    /** Refuses when the facts are not those of the plan with this digest. */
    static void refuseDrifted(String wanted, String found) {
        if (wanted != null && !wanted.equals(found)) {
            throw Problem.of(
                    ProblemType.PLAN_DRIFTED,
                    "The facts have changed since the plan was made; preview it again and start it with the new digest.",
                    Map.of("planDigest", found));
        }
    }
}
