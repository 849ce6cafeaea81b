package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "wal", description = "The archived WAL of clusters.")
final class WalCommand extends Noun {
    WalCommand(Session session) {
        super(session);
    }

    @Command(name = "enable", description = "Has a cluster archive its WAL into a repository.")
    int enable(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--repository", description = "Where to, a directory; 'default' when left out.")
                    String repository,
            @Option(names = "--restart", description = "Restart instances whose archive_mode is off.") boolean restart,
            @Option(
                            names = "--timeout-seconds",
                            paramLabel = "N",
                            description = "Archive a segment that is not full after so long; 300 when left out.")
                    Integer timeoutSeconds,
            @Option(
                            names = "--method",
                            paramLabel = "script|pgbackrest",
                            description = "What stores it there; script when left out.")
                    String method,
            @Mixin StartOptions start) {
        var body = Body.of()
                .text("repository", repository)
                .flag("restart", restart)
                .number("timeoutSeconds", timeoutSeconds)
                .constant("method", method);
        return start.start(session, Call.post(body, "clusters", cluster, "wal-archive"));
    }

    @Command(name = "disable", description = "Has a cluster archive its WAL no longer; what is archived stays.")
    int disable(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return start.start(session, Call.delete("clusters", cluster, "wal-archive"));
    }

    @Command(name = "status", description = "Tells how archiving goes, and how much is not archived yet.")
    int status(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("clusters", cluster, "wal-archive")));
    }
}
