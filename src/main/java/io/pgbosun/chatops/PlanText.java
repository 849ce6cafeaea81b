package io.pgbosun.chatops;

import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Plan;
import java.util.stream.Collectors;

/** Says what an operation would do. */
final class PlanText {
    private PlanText() {}

    static String of(Plan plan) {
        return "*%s* of `%s` would do this; nothing has been changed. Risk %s, cancelling %s%s.%s%s%s\nStart it with `planDigest=%s` to have it refused when the facts have changed."
                .formatted(
                        Texts.escape(plan.kind()),
                        Texts.escape(plan.target()),
                        plan.risk(),
                        plan.cancelEffect(),
                        plan.needsApproval() ? ", needs another person's approval" : "",
                        plan.checks().stream().map(PlanText::check).collect(Collectors.joining()),
                        plan.steps().stream().map(PlanText::step).collect(Collectors.joining()),
                        plan.blastRadius().locks().stream()
                                .map(lock -> "\n:lock: " + Texts.escape(lock))
                                .collect(Collectors.joining()),
                        plan.digest());
    }

    private static String check(Checks.Check check) {
        return "\n• check %s: %s, %s%s"
                .formatted(
                        Texts.escape(check.name()),
                        check.verdict(),
                        Texts.escape(check.value()),
                        check.remedy() == null
                                        || check.remedy().isEmpty()
                                        || check.verdict().name().equals("PASS")
                                ? ""
                                : ". " + Texts.escape(check.remedy()));
    }

    private static String step(Plan.PlannedStep step) {
        return "\n• %s (%s%s)"
                .formatted(Texts.escape(step.name()), step.effect(), step.alreadySo() ? ", already so" : "");
    }
}
