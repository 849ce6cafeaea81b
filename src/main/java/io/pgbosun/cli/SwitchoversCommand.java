package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "switchovers", description = "Standbys that take the primary's place.")
final class SwitchoversCommand extends Noun {
    SwitchoversCommand(Session session) {
        super(session);
    }

    @Command(name = "start", description = "Makes a standby the primary, without losing a transaction.")
    int start(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--candidate", description = "The standby; the one with most WAL when left out.")
                    String candidate,
            @Option(names = "--max-lag-bytes", paramLabel = "N", description = "That it may have to replay; 16 MiB.")
                    Long maxLagBytes,
            @Mixin StartOptions start) {
        var body = Body.of().text("candidate", candidate).number("maxLagBytes", maxLagBytes);
        return start.start(session, Call.post(body, "clusters", cluster, "switchovers"));
    }
}
