package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "operations",
        description = "Everything that takes time: watch it, cancel it, approve it, try it again.")
final class OperationsCommand extends Noun {
    OperationsCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists operations, newest first.")
    int list(
            @Option(names = "--kind", description = "Only of this kind, such as backup.") String kind,
            @Option(names = "--target", description = "Only of this target, such as clusters/demo.") String target,
            @Option(names = "--state", description = "Only in this state, such as running.") String state,
            @Option(names = "--principal", description = "Only those of this principal.") String principal,
            @Option(
                            names = "--done",
                            paramLabel = "true|false",
                            description = "Only those that have ended, or have not.")
                    String done,
            @Mixin ListOptions list) {
        var call = Call.get("operations")
                .with("kind", kind)
                .with("target", target)
                .with("state", Body.constant(state))
                .with("principal", principal)
                .with("done", done);
        return list.table(
                session, send(list.page(call)), "id", "kind", "target", "state", "principal", "createTime", "endTime");
    }

    @Command(name = "get", description = "Shows an operation with its steps.")
    int get(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Option(names = "--wait", paramLabel = "SECONDS", description = "Wait for its end, at most 60.")
                    String wait,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("operations", operation).with("wait", wait)));
    }

    @Command(name = "watch", description = "Follows an operation to its end.")
    int watch(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Mixin WaitOptions options) {
        return options.finish(session, send(Call.get("operations", operation)));
    }

    @Command(name = "cancel", description = "Asks an operation to stop; its cancel effect says what that leaves.")
    int cancel(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Mixin OutputOptions output) {
        return output.operation(session, send(Call.post(Body.of(), "operations", operation, "cancel")));
    }

    @Command(name = "approve", description = "Approves the very plan of an operation that another person asked for.")
    int approve(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Option(
                            names = "--plan-digest",
                            required = true,
                            description = "The operation's, to show that this plan is meant.")
                    String planDigest,
            @Option(names = "--comment", paramLabel = "TEXT", description = "Kept with the approval.") String comment,
            @Mixin OutputOptions output) {
        var body = Body.of().text("planDigest", planDigest).text("comment", comment);
        return output.operation(session, send(Call.post(body, "operations", operation, "approve")));
    }

    @Command(name = "reject", description = "Rejects an operation that another person asked for.")
    int reject(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Option(names = "--comment", paramLabel = "TEXT", description = "Kept with the rejection.") String comment,
            @Mixin OutputOptions output) {
        var body = Body.of().text("comment", comment);
        return output.operation(session, send(Call.post(body, "operations", operation, "reject")));
    }

    @Command(name = "retry", description = "Starts the same again, as a new operation.")
    int retry(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Option(names = "--key", description = "Idempotency key; random when left out.") String key,
            @Mixin WaitOptions options) {
        var call = Call.post(Body.of(), "operations", operation, "retry").withKey(key);
        return options.finish(session, send(call));
    }

    @Command(name = "resolve", description = "Says what became of an operation that is stuck, or has it tried again.")
    int resolve(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Option(
                            names = "--resolution",
                            required = true,
                            paramLabel = "retry|succeeded|failed|cancelled",
                            description = "What you found.")
                    String resolution,
            @Option(
                            names = "--evidence",
                            required = true,
                            paramLabel = "TEXT",
                            description = "How you know; kept in the audit trail.")
                    String evidence,
            @Mixin OutputOptions output) {
        var body = Body.of().constant("resolution", resolution).text("evidence", evidence);
        return output.operation(session, send(Call.post(body, "operations", operation, "resolve")));
    }

    @Command(name = "events", description = "Lists the events of an operation, oldest first.")
    int events(
            @Parameters(paramLabel = "OPERATION", description = "Its id.") String operation,
            @Option(names = "--after", paramLabel = "N", description = "Only those after this number.") Long after,
            @Mixin OutputOptions output) {
        var page = send(Call.get("operations", operation, "events").with("after", after));
        return output.table(session, page, "number", "at", "type", "data");
    }
}
