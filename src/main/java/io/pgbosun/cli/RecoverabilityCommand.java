package io.pgbosun.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "recoverability",
        description = "Shows to which moments a cluster can be recovered, and which WAL is missing.",
        footer = {"", "With --at it ends with 1 when that moment cannot be reached."})
final class RecoverabilityCommand extends Noun implements Callable<Integer> {
    @Parameters(paramLabel = "CLUSTER", description = "Its name.")
    private String cluster;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "A moment that may be reachable, such as 2026-11-20T03:00:00Z.")
    private String at;

    @Mixin
    private OutputOptions output;

    RecoverabilityCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        var found = send(Call.get("clusters", cluster, "recoverability").with("at", at));
        if (output.form == OutputOptions.Form.json) {
            session.out().println(Api.pretty(found));
        } else {
            RecoveryPage.print(session.out(), found);
        }
        return at == null || found.path("reach").path("reachable").asBoolean() ? Cli.OK : Cli.NOT_SUCCEEDED;
    }
}
