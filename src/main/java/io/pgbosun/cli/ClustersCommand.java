package io.pgbosun.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "clusters", description = "PostgreSQL clusters, their instances and databases.")
final class ClustersCommand extends Noun {
    ClustersCommand(Session session) {
        super(session);
    }

    @Command(name = "list", description = "Lists the clusters, by name.")
    int list(
            @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Only those with it; repeatable.")
                    List<String> label,
            @Mixin ListOptions list) {
        var page = send(list.page(Call.get("clusters").withAll("label", label)));
        return list.table(session, page, "name", "driver", "origin", "instanceCount", "labels", "createTime");
    }

    @Command(name = "get", description = "Shows a cluster.")
    int get(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Mixin OutputOptions output) {
        return output.sheet(session, send(Call.get("clusters", cluster)));
    }

    @Command(name = "provision", description = "Makes a new cluster on a host: a primary and streaming standbys.")
    int provision(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--host", description = "Where; the host 'local' when left out.") String host,
            @Option(names = "--standbys", paramLabel = "N", description = "How many; none when left out.")
                    Integer standbys,
            @Option(names = "--port", description = "The primary's; free ones are found when left out.") Integer port,
            @Option(
                            names = "--data-directory",
                            paramLabel = "PATH",
                            description = "For the instances' data directories.")
                    String dataDirectory,
            @Option(names = "--database", split = ",", description = "To be created; repeatable.")
                    List<String> databases,
            @Option(names = "--parameter", paramLabel = "NAME=VALUE", description = "Of postgresql.conf; repeatable.")
                    Map<String, String> parameters,
            @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Of the cluster; repeatable.")
                    Map<String, String> labels,
            @ArgGroup(exclusive = false, heading = "Sample data in the first database:%n") Seed seed,
            @Mixin StartOptions start) {
        var provision = Body.of()
                .text("host", host)
                .number("standbys", standbys)
                .number("port", port)
                .text("dataDirectory", dataDirectory)
                .texts("databases", databases)
                .map("parameters", parameters)
                .map("labels", labels)
                .body("seed", seed == null ? Body.of() : seed.body());
        return start.start(session, create(cluster, "provision", provision));
    }

    /** Sample data to try things out with. */
    static final class Seed {
        @Option(
                names = "--seed-pgbench-scale",
                paramLabel = "N",
                description = "pgbench's tables, 100,000 accounts each.")
        private Integer pgbenchScale;

        @Option(names = "--seed-orders", paramLabel = "N", description = "Rows of a table orders.")
        private Integer orders;

        Body body() {
            return Body.of().number("pgbenchScale", pgbenchScale).number("orders", orders);
        }
    }

    @Command(name = "recover", description = "Makes a new cluster of a physical backup, as it was at a point in time.")
    int recover(
            @Parameters(paramLabel = "CLUSTER", description = "The new one's name.") String cluster,
            @Option(names = "--source", required = true, description = "The cluster that was backed up.") String source,
            @Option(names = "--backup", description = "Which to begin with; found when left out.") String backup,
            @ArgGroup(heading = "Up to where; all the WAL that is there when left out:%n") PointOptions point,
            @Option(names = "--exclusive", description = "Without what is at that point.") boolean exclusive,
            @Option(names = "--timeline", description = "Which to follow; the latest when left out.") Integer timeline,
            @Option(names = "--host", description = "Where; the host 'local' when left out.") String host,
            @Option(names = "--port", description = "A free one is found when left out.") Integer port,
            @Option(names = "--data-directory", paramLabel = "PATH", description = "For its data directory.")
                    String dataDirectory,
            @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Of the cluster; repeatable.")
                    Map<String, String> labels,
            @Option(
                            names = "--script",
                            paramLabel = "DATABASE=FILE",
                            description = "SQL that must succeed before it is opened to its users; repeatable.")
                    Map<String, Path> scripts,
            @Mixin StartOptions start) {
        var to = (point == null ? Body.of() : point.body())
                .unless("inclusive", exclusive)
                .number("timeline", timeline);
        var recover = Body.of()
                .text("source", source)
                .text("backup", backup)
                .body("to", to)
                .text("host", host)
                .number("port", port)
                .text("dataDirectory", dataDirectory)
                .map("labels", labels)
                .scripts(scripts);
        return start.start(session, create(cluster, "recover", recover));
    }

    /** A point in time, in one of its forms. */
    static final class PointOptions {
        @Option(names = "--time", paramLabel = "TIME", description = "With its offset: 2026-11-26T03:00:00+01:00.")
        private String time;

        @Option(names = "--lsn", paramLabel = "LSN", description = "A position in the WAL.")
        private String lsn;

        @Option(names = "--xid", paramLabel = "XID", description = "A transaction id.")
        private String xid;

        @Option(names = "--restore-point", paramLabel = "NAME", description = "A restore point.")
        private String name;

        @Option(names = "--immediate", description = "The end of the backup.")
        private boolean immediate;

        Body body() {
            return Body.of()
                    .text("time", time)
                    .text("lsn", lsn)
                    .text("xid", xid)
                    .text("name", name)
                    .flag("immediate", immediate);
        }
    }

    @Command(name = "register", description = "Takes an existing cluster under management.")
    int register(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(
                            names = "--instance",
                            paramLabel = "[NAME=]HOST:PORT",
                            description = "Where an instance listens; repeatable. Patroni knows it by itself.")
                    List<String> instances,
            @Option(names = "--username", required = true, description = "The role to log in as.") String username,
            @Option(
                            names = "--password-file",
                            paramLabel = "FILE",
                            description = "Holds its password; else PGBOSUN_PASSWORD is taken, or you are asked.")
                    Path passwordFile,
            @Option(names = "--ssl-mode", paramLabel = "MODE", description = "libpq's sslmode; prefer when left out.")
                    String sslMode,
            @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Of the cluster; repeatable.")
                    Map<String, String> labels,
            @ArgGroup(exclusive = false, heading = "A cluster that Patroni runs:%n") PatroniAccess patroni,
            @Mixin StartOptions start) {
        if (instances == null && patroni == null) {
            throw new Misused("--instance or --patroni-url must be given");
        }
        var addresses = instances == null
                ? null
                : instances.stream().map(ClustersCommand::address).toList();
        var password = PasswordSource.read(session, passwordFile, "Password of " + username + ": ");
        var register = Body.of()
                .bodies("instances", addresses)
                .text("username", username)
                .text("password", password)
                .text("sslMode", sslMode)
                .map("labels", labels)
                .body("patroni", patroni == null ? Body.of() : patroni.body());
        return start.start(session, create(cluster, "register", register));
    }

    /** How the Patroni of a cluster is reached. */
    static final class PatroniAccess {
        @Option(
                names = "--patroni-url",
                paramLabel = "URL",
                required = true,
                description = "Of a REST API, such as http://10.0.0.7:8008; repeatable.")
        private List<String> urls;

        @Option(names = "--patroni-username", description = "Of its restapi.authentication.")
        private String username;

        @Option(names = "--patroni-password-file", paramLabel = "FILE", description = "Holds its password.")
        private Path passwordFile;

        @Option(names = "--patroni-ca", paramLabel = "FILE", description = "PEM of who signed its certificates.")
        private Path caCertificate;

        Body body() {
            return Body.of()
                    .texts("urls", urls)
                    .text("username", username)
                    .text("password", passwordFile == null ? null : PasswordSource.fromFile(passwordFile))
                    .text("caCertificate", caCertificate == null ? null : PasswordSource.fromFile(caCertificate));
        }
    }

    private static Body address(String text) {
        var name = text.indexOf('=');
        var port = text.lastIndexOf(':');
        if (port <= name + 1 || !text.substring(port + 1).matches("\\d{1,5}")) {
            throw new Misused("--instance must be [NAME=]HOST:PORT such as orders-1=db1.example.com:5432, not " + text);
        }
        return Body.of()
                .text("name", name < 0 ? null : text.substring(0, name))
                .text("address", text.substring(name + 1, port).replaceAll("^\\[|\\]$", ""))
                .number("port", Integer.valueOf(text.substring(port + 1)));
    }

    private static Call create(String cluster, String how, Body body) {
        return Call.post(Body.of().text("name", cluster).body(how, body), "clusters");
    }

    @Command(name = "start", description = "Starts every instance that does not run, the primary first.")
    int start(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of(), "clusters", cluster, "start"));
    }

    @Command(name = "restart", description = "Restarts the instances one after the other, standbys first.")
    int restart(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--instance", split = ",", description = "Only this one; repeatable.")
                    List<String> instances,
            @Option(names = "--pending-only", description = "Only those that wait for it to take in a setting.")
                    boolean pendingOnly,
            @Mixin StartOptions start) {
        var body = Body.of().texts("instances", instances).flag("pendingOnly", pendingOnly);
        return start.start(session, Call.post(body, "clusters", cluster, "restarts"));
    }

    @Command(name = "reload", description = "Has instances read their configuration files again.")
    int reload(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--instance", split = ",", description = "Only this one; repeatable.")
                    List<String> instances,
            @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of().texts("instances", instances), "clusters", cluster, "reloads"));
    }

    @Command(name = "stop", description = "Stops every instance, standbys first.")
    int stop(@Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of(), "clusters", cluster, "stop"));
    }

    @Command(name = "deregister", description = "Forgets a cluster; its servers, data and backups stay.")
    int deregister(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster, @Mixin StartOptions start) {
        return start.start(session, Call.post(Body.of(), "clusters", cluster, "deregister"));
    }

    @Command(name = "delete", description = "Stops a provisioned cluster and removes its data; its backups stay.")
    int delete(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Option(names = "--confirm", paramLabel = "CLUSTER", description = "The cluster's name once more.")
                    String confirm,
            @Option(
                            names = "--final-backup-repository",
                            paramLabel = "REPOSITORY",
                            description = "Take a last backup to it before anything is removed.")
                    String finalBackupRepository,
            @Mixin StartOptions start) {
        var call = Call.delete("clusters", cluster)
                .with("confirm", confirm)
                .with("finalBackupRepository", finalBackupRepository);
        return start.start(session, call);
    }

    @Command(name = "instances", description = "Asks every instance for its role, state and lag.")
    int instances(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Mixin OutputOptions output) {
        var page = send(Call.get("clusters", cluster, "instances"));
        return output.table(
                session,
                page,
                "name",
                "role",
                "state",
                "host",
                "address",
                "port",
                "timeline",
                "lsn",
                "replayLagBytes:lag",
                "replayLagSeconds:behind",
                "serverVersion:version",
                "stateReason:reason");
    }

    @Command(name = "databases", description = "Lists the databases of a cluster, or of any cluster by their labels.")
    int databases(
            @Parameters(paramLabel = "CLUSTER", arity = "0..1", description = "Its name.") String cluster,
            @Option(
                            names = "--label",
                            paramLabel = "KEY=VALUE",
                            description = "Without CLUSTER: those with it; repeatable.")
                    List<String> label,
            @Mixin OutputOptions output) {
        if ((cluster == null) == (label == null)) {
            throw new Misused("give either a CLUSTER or --label");
        }
        var call = cluster == null
                ? Call.get("databases").withAll("label", label)
                : Call.get("clusters", cluster, "databases");
        return output.table(session, send(call), "cluster", "name", "owner", "encoding", "sizeBytes", "labels");
    }

    @Command(name = "label", description = "Labels a cluster; the labels replace those it has.")
    int label(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Parameters(paramLabel = "KEY=VALUE", arity = "0..*", description = "All its labels; none removes them.")
                    Map<String, String> labels,
            @Option(names = "--etag", description = "Only when nobody has changed the cluster since it had this etag.")
                    String etag,
            @Mixin OutputOptions output) {
        return output.sheet(
                session, send(Call.patch(labels(labels), "clusters", cluster).ifMatch(etag)));
    }

    @Command(name = "label-database", description = "Labels a database; the labels replace those it has.")
    int labelDatabase(
            @Parameters(paramLabel = "CLUSTER", description = "Its name.") String cluster,
            @Parameters(paramLabel = "DATABASE", description = "Its name.") String database,
            @Parameters(paramLabel = "KEY=VALUE", arity = "0..*", description = "All its labels; none removes them.")
                    Map<String, String> labels,
            @Mixin OutputOptions output) {
        var call = Call.put(labels(labels), "clusters", cluster, "databases", database, "labels");
        return output.sheet(session, send(call));
    }

    private static Body labels(Map<String, String> labels) {
        return Body.of().allOf("labels", labels == null ? Map.of() : labels);
    }
}
