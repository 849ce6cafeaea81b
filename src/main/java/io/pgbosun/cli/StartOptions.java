package io.pgbosun.cli;

import picocli.CommandLine.Option;

/** What every command that starts an operation takes. */
final class StartOptions extends WaitOptions {
    @Option(
            names = "--preview",
            description = "Print the plan and change nothing: exit 0 when nothing blocks it, else 1.")
    private boolean preview;

    @Option(
            names = "--plan-digest",
            paramLabel = "DIGEST",
            description = "Refuse when the facts of that plan have changed.")
    private String planDigest;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit trail.")
    private String reason;

    @Option(names = "--start-time", paramLabel = "TIME", description = "Not before, such as 2026-11-20T03:00:00Z.")
    private String startTime;

    @Option(names = "--start-deadline", paramLabel = "TIME", description = "EXPIRED when it has not begun by then.")
    private String startDeadline;

    @Option(
            names = "--on-conflict",
            paramLabel = "queue|reject",
            description = "When something else is at work there: stand in line (default), or be refused.")
    private String onConflict;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "Idempotency key: the same key and request again is the same operation; random when left out.")
    private String key;

    /** Starts the operation that the call stands for, or prints its plan; answers the exit code. */
    int start(Session session, Call call) {
        return preview ? preview(session, call) : finish(session, session.api().send(started(call)));
    }

    private Call started(Call call) {
        return call.with("planDigest", planDigest)
                .with("reason", reason)
                .with("startTime", startTime)
                .with("startDeadline", startDeadline)
                .with("onConflict", Body.constant(onConflict))
                .withKey(key);
    }

    private int preview(Session session, Call call) {
        var plan = session.api().send(call.with("preview", true));
        if (form == Form.json) {
            session.out().println(Api.pretty(plan));
        } else {
            new PlanPage(plan, session.out()).print();
        }
        return PlanPage.isBlocked(plan) ? Cli.NOT_SUCCEEDED : Cli.OK;
    }
}
