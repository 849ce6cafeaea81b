package io.pgbosun.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "patroni", description = "The Patroni that runs a cluster.")
final class PatroniCommand extends Noun {
    PatroniCommand(Session session) {
        super(session);
    }

    @Command(name = "get", description = "Shows members, history and configuration, as Patroni tells them just now.")
    int get(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("clusters", cluster, "patroni")));
    }

    @Command(name = "pause", description = "Has nobody fail over by itself: maintenance mode.")
    int pause(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return control(cluster, "PAUSE", start);
    }

    @Command(name = "resume", description = "Ends maintenance mode.")
    int resume(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return control(cluster, "RESUME", start);
    }

    private int control(String cluster, String action, StartOptions start) {
        return start.start(
                session, Call.post(Body.of().text("action", action), "clusters", cluster, "patroni", "control"));
    }

    @Command(
            name = "configure",
            description = "Changes the dynamic configuration.",
            footerHeading = "%nExample:%n",
            footer = "  ${ROOT-COMMAND-NAME} patroni configure orders --set postgresql.parameters.work_mem=64MB")
    int configure(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--set", paramLabel = "PATH=VALUE", description = "A setting; repeatable.")
                    Map<String, String> set,
            @Option(names = "--remove", paramLabel = "PATH", description = "A setting; repeatable.")
                    List<String> remove,
            @Mixin StartOptions start) {
        var body = Body.of().map("set", set).texts("remove", remove);
        return start.start(session, Call.post(body, "clusters", cluster, "patroni", "config"));
    }
}
