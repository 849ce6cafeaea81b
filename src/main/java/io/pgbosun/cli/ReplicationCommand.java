package io.pgbosun.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "replication", description = "The standbys of a cluster, and what commits wait for.")
final class ReplicationCommand extends Noun {
    ReplicationCommand(Session session) {
        super(session);
    }

    @Command(name = "get", description = "Shows who follows whom, how far, and for whom WAL is kept.")
    int get(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("clusters", cluster, "replication")));
    }

    @Command(
            name = "configure",
            description = "Says for how many standbys, and for which, a commit waits.",
            footerHeading = "%nExample:%n",
            footer = "  ${ROOT-COMMAND-NAME} replication configure orders --synchronous-standbys 1")
    int configure(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(
                            names = "--synchronous-standbys",
                            paramLabel = "N",
                            required = true,
                            description = "So many must have a commit; 0 for asynchronous replication.")
                    Integer synchronousStandbys,
            @Option(names = "--first", description = "The first ones of the list, instead of whichever are quickest.")
                    boolean first,
            @Option(names = "--instance", split = ",", description = "Only these count, in this order; repeatable.")
                    List<String> instances,
            @Mixin StartOptions start) {
        var body = Body.of()
                .number("synchronousStandbys", synchronousStandbys)
                .text("method", first ? "FIRST" : null)
                .texts("instances", instances);
        return start.start(session, Call.post(body, "clusters", cluster, "replication"));
    }

    @Command(name = "add-standby", description = "Makes another standby.")
    int addStandby(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--upstream", description = "The instance that it follows; the primary when left out.")
                    String upstream,
            @Option(names = "--host", description = "Where; that of what it follows when left out.") String host,
            @Option(names = "--data-directory", paramLabel = "PATH", description = "For its data directory.")
                    String dataDirectory,
            @Option(names = "--port", description = "A free one is found when left out.") Integer port,
            @Mixin StartOptions start) {
        var body = Body.of()
                .text("upstream", upstream)
                .text("host", host)
                .text("dataDirectory", dataDirectory)
                .number("port", port);
        return start.start(session, Call.post(body, "clusters", cluster, "instances"));
    }

    @Command(name = "remove-standby", description = "Stops a standby for good, forgets it and drops its slot.")
    int removeStandby(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Parameters(paramLabel = "INSTANCE", description = "The standby.") String instance,
            @Option(names = "--keep-data", description = "Leave its data directory where it is.") boolean keepData,
            @Mixin StartOptions start) {
        var call = Call.delete("clusters", cluster, "instances", instance).with("keepData", keepData ? "true" : null);
        return start.start(session, call);
    }
}
