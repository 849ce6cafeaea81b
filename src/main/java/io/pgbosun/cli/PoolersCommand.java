package io.pgbosun.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "poolers", description = "PgBouncers before clusters.")
final class PoolersCommand extends Noun {
    PoolersCommand(Session session) {
        super(session);
    }

    /** Which pooler. */
    static final class Which {
        @Parameters(index = "0", paramLabel = "CLUSTER", description = "The cluster's name.")
        private String cluster;

        @Parameters(index = "1", paramLabel = "POOLER", description = "The pooler's name.")
        private String pooler;
    }

    @Command(name = "list", description = "Lists the poolers of a cluster, by name.")
    int list(@Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin ListOptions list) {
        var page = send(list.page(Call.get("clusters", cluster, "poolers")));
        return list.table(session, page, "name", "address", "port", "databases", "configFile");
    }

    @Command(name = "show", description = "Shows a pooler: what it runs, its configuration and its pools.")
    int show(
            @Mixin Which which,
            @Option(names = "--clients", description = "Its clients instead.") boolean clients,
            @Option(names = "--servers", description = "Its connections to servers instead.") boolean servers,
            @Option(names = "--pools", description = "Its pools instead.") boolean pools,
            @Option(names = "--stats", description = "What went through it instead.") boolean stats,
            @Option(names = "--config", description = "How it is configured, and how it should be, instead.")
                    boolean config,
            @Mixin OutputOptions output) {
        if (pools) {
            return part(which, "pools", output);
        }
        if (clients) {
            return part(which, "clients", output);
        }
        if (servers) {
            return part(which, "servers", output);
        }
        if (stats) {
            return part(which, "stats", output);
        }
        return config
                ? part(which, "config", output)
                : output.sheet(session, send(Call.get("clusters", which.cluster, "poolers", which.pooler)));
    }

    private int part(Which which, String part, OutputOptions output) {
        return output.sheet(session, send(Call.get("clusters", which.cluster, "poolers", which.pooler, part)));
    }

    @Command(name = "create", description = "Registers a PgBouncer before a cluster, after asking its console.")
    int create(
            @Mixin Which which,
            @Option(names = "--address", required = true, description = "Where it listens.") String address,
            @Option(names = "--port", required = true, description = "Where it listens.") int port,
            @Option(names = "--username", required = true, description = "One of its admin_users.") String username,
            @Option(
                            names = "--password-file",
                            paramLabel = "FILE",
                            description = "Else PGBOSUN_PASSWORD, or asked for.")
                    Path passwordFile,
            @Option(
                            names = "--database",
                            required = true,
                            paramLabel = "NAME[=DATABASE]",
                            description = "What clients know it as, and its name in the cluster; repeatable.")
                    List<String> databases,
            @Option(names = "--pool-size", paramLabel = "N", description = "Of each of them.") Integer poolSize,
            @Option(
                            names = "--config-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "That pgbosun writes, and its configuration takes in with %%include.")
                    String configFile,
            @Mixin OutputOptions output) {
        var body = Body.of()
                .text("name", which.pooler)
                .text("address", address)
                .number("port", port)
                .text("username", username)
                .text("password", PasswordSource.read(session, passwordFile, "Password of " + username + ": "))
                .text("configFile", configFile)
                .bodies(
                        "databases",
                        databases.stream()
                                .map(database -> database(database, poolSize))
                                .toList());
        return output.sheet(session, send(Call.post(body, "clusters", which.cluster, "poolers")));
    }

    private static Body database(String given, Integer poolSize) {
        var parts = given.split("=", 2);
        return Body.of()
                .text("name", parts[0])
                .text("database", parts.length > 1 ? parts[1] : null)
                .number("poolSize", poolSize);
    }

    @Command(name = "delete", description = "Forgets a pooler, which runs on as it is configured.")
    int delete(@Mixin Which which, @Mixin OutputOptions output) {
        send(Call.delete("clusters", which.cluster, "poolers", which.pooler));
        return output.done(session, "Forgot the pooler " + which.pooler + " of " + which.cluster + ".");
    }

    @Command(name = "pause", description = "Has new transactions wait, after those that run have ended.")
    int pause(
            @Mixin Which which,
            @Mixin Part part,
            @Option(names = "--timeout-seconds", paramLabel = "N", description = "For those that run; 30.")
                    Integer timeoutSeconds,
            @Mixin StartOptions start) {
        return start(which, Body.of().number("timeoutSeconds", timeoutSeconds), "PAUSE", part, start);
    }

    @Command(name = "resume", description = "Lets transactions run again.")
    int resume(@Mixin Which which, @Mixin Part part, @Mixin StartOptions start) {
        return start(which, Body.of(), "RESUME", part, start);
    }

    @Command(name = "reconnect", description = "Has server connections closed as soon as nobody uses them.")
    int reconnect(@Mixin Which which, @Mixin Part part, @Mixin StartOptions start) {
        return start(which, Body.of(), "RECONNECT", part, start);
    }

    @Command(name = "disable", description = "Refuses new clients.")
    int disable(@Mixin Which which, @Mixin Part part, @Mixin StartOptions start) {
        return start(which, Body.of(), "DISABLE", part, start);
    }

    @Command(name = "enable", description = "Takes new clients again.")
    int enable(@Mixin Which which, @Mixin Part part, @Mixin StartOptions start) {
        return start(which, Body.of(), "ENABLE", part, start);
    }

    @Command(name = "reload", description = "Has it read its configuration files again.")
    int reload(@Mixin Which which, @Mixin StartOptions start) {
        return start(which, Body.of(), "RELOAD", new Part(), start);
    }

    /** Which of its databases. */
    static final class Part {
        @Option(names = "--database", description = "This one alone; all that are registered when left out.")
        private String database;
    }

    private int start(Which which, Body body, String action, Part part, StartOptions start) {
        var whole = body.text("pooler", which.pooler).text("action", action).text("database", part.database);
        return start.start(session, Call.post(whole, "clusters", which.cluster, "pooler-controls"));
    }

    @Command(name = "apply", description = "Writes its databases for the current primary, and has it read them.")
    int apply(@Mixin Which which, @Mixin StartOptions start) {
        var body = Body.of().text("pooler", which.pooler);
        return start.start(session, Call.post(body, "clusters", which.cluster, "pooler-configs"));
    }
}
