package io.pgbosun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "failovers", description = "Standbys that take the place of a primary that is down.")
final class FailoversCommand extends Noun {
    FailoversCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the failovers of a cluster, newest first.")
    int list(@Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin ListOptions list) {
        var page = send(list.page(Call.get("clusters", cluster, "failovers")));
        return list.table(
                session,
                page,
                "time",
                "oldPrimary",
                "newPrimary",
                "timeline",
                "estimatedLossBytes",
                "realLossBytes",
                "realLossCommits",
                "principal",
                "reason");
    }

    @Command(
            name = "start",
            description = "Makes a standby the primary when the primary is down.",
            footerHeading = "%nExample:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} failovers start orders --reason 'the host is on fire' --preview",
                "The preview tells what was seen from where, the candidates, and what would be lost with each."
            })
    int start(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--candidate", description = "The standby; the one with most WAL when left out.")
                    String candidate,
            @Option(
                            names = "--accept-data-loss-up-to-bytes",
                            paramLabel = "N",
                            description = "Of WAL with commits; none when left out.")
                    Long acceptDataLossUpToBytes,
            @Option(names = "--force", description = "Also when the primary seems to be up, or the loss is unknown.")
                    boolean force,
            @Mixin StartOptions start) {
        var body = Body.of()
                .text("candidate", candidate)
                .number("acceptDataLossUpToBytes", acceptDataLossUpToBytes)
                .flag("force", force);
        return start.start(session, Call.post(body, "clusters", cluster, "failovers"));
    }

    @Command(
            name = "drill",
            description = "Fails over a scratch copy of a cluster and measures what it costs.",
            footerHeading = "%nExample:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} failovers drill orders --max-without-writes-seconds 10 --max-lost-rows 0 --synchronous",
                "The copy is made of the newest physical backup; the cluster itself is not touched."
            })
    int drill(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(
                            names = "--write-seconds",
                            paramLabel = "N",
                            description = "How long it is written to before its primary is killed; 5 when left out.")
                    Integer writeSeconds,
            @Option(names = "--synchronous", description = "Have commits wait for the standby.") boolean synchronous,
            @Option(
                            names = "--max-without-writes-seconds",
                            paramLabel = "N",
                            description = "It fails when no write is taken for longer.")
                    Double maxWithoutWritesSeconds,
            @Option(names = "--max-lost-rows", paramLabel = "N", description = "It fails when more rows are lost.")
                    Long maxLostRows,
            @Mixin StartOptions start) {
        var body = Body.of()
                .number("writeSeconds", writeSeconds)
                .flag("synchronous", synchronous)
                .decimal("maxWithoutWritesSeconds", maxWithoutWritesSeconds)
                .number("maxLostRows", maxLostRows);
        return start.start(session, Call.post(body, "clusters", cluster, "failover-drills"));
    }

    @Command(name = "drills", description = "Lists the failover drills of a cluster, newest first.")
    int drills(@Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin ListOptions list) {
        var page = send(list.page(Call.get("clusters", cluster, "failover-drills")));
        return list.table(
                session,
                page,
                "id",
                "backup",
                "passed",
                "cost.withoutWritesSeconds:withoutWritesSeconds",
                "cost.acknowledgedRows:acknowledgedRows",
                "cost.lostRows:lostRows",
                "startTime",
                "endTime");
    }

    @Command(
            name = "follow-leader",
            description = "Leads clients to who leads, and away from any other that takes writes.")
    int followLeader(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of(), "clusters", cluster, "follow-leader"));
    }

    @Command(name = "rejoin", description = "Makes an instance a standby again, such as the old primary.")
    int rejoin(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Parameters(paramLabel = "INSTANCE", description = "What it has and the primary has not is lost.")
                    String instance,
            @Option(names = "--rebuild", description = "Copy everything anew instead of what differs (pg_rewind).")
                    boolean rebuild,
            @Mixin StartOptions start) {
        var body = Body.of().text("instance", instance).text("method", rebuild ? "REBUILD" : null);
        return start.start(session, Call.post(body, "clusters", cluster, "rejoins"));
    }
}
