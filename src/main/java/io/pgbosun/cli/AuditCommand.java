package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "audit", description = "Who did what, when and through which door.")
final class AuditCommand extends Noun {
    AuditCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Searches the audit trail, newest first.")
    int list(
            @Option(names = "--principal", description = "Only what this one did.") String principal,
            @Option(names = "--action", description = "Only this, such as backup.start.") String action,
            @Option(names = "--target", description = "Only to this, such as clusters/demo.") String target,
            @Option(names = "--operation", description = "Only of this operation.") String operation,
            @Option(names = "--since", paramLabel = "TIME", description = "Not before, such as 2026-11-20T03:00:00Z.")
                    String since,
            @Option(names = "--until", paramLabel = "TIME", description = "Only before.") String until,
            @Mixin ListOptions list) {
        var call = Call.get("audit-entries")
                .with("principal", principal)
                .with("action", action)
                .with("target", target)
                .with("operation", operation)
                .with("since", since)
                .with("until", until);
        return list.table(
                session,
                send(list.page(call)),
                "number",
                "at",
                "principal",
                "channel",
                "action",
                "target",
                "operation",
                "details");
    }
}
