package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A demo cluster with data, backed up, the backup proven, and maintained: over the public API like any other client. */
@Command(
        name = "quickstart",
        description = "Makes a demo cluster, backs it up, proves the backup and maintains it; harmless to run again.")
final class Quickstart extends Noun implements Callable<Integer> {
    private static final String CLUSTER = "demo";
    private static final String DATABASE = "demo";
    private static final long SECONDS_FOR_THE_SERVICE = 60;
    private static final Duration FRESH_BACKUP = Duration.ofHours(1);
    private static final Duration FRESH_ORDERS = Duration.ofDays(30);

    @Mixin
    private FollowOptions followed;

    private final QuickstartReport report;

    Quickstart(Session session) {
        super(session);
        report = new QuickstartReport(session);
    }

    @Override
    public Integer call() {
        waitForTheService();
        var all = cluster() && provenBackup() && vacuum() && reindex();
        report.print(all, newestBackup().path("id").asText(""));
        return all ? Cli.OK : Cli.NOT_SUCCEEDED;
    }

    private void waitForTheService() {
        for (var second = 0; !session.api().isReady(); second++) {
            if (second == 0) {
                session.err()
                        .println("waiting for the service at " + session.api().settings());
            }
            if (second == SECONDS_FOR_THE_SERVICE) {
                throw new Unreachable(
                        session.api().settings().url(),
                        new IOException("it is not ready after " + SECONDS_FOR_THE_SERVICE + " s"));
            }
            Api.pause(1000);
        }
    }

    private boolean cluster() {
        var begun = newestOf(Call.get("operations")
                .with("kind", "provision")
                .with("target", "clusters/" + CLUSTER)
                .with("done", false));
        if (begun.isObject()) {
            report.begin("the cluster " + CLUSTER + " is being made already");
            return follow(begun, this::clusterFigures);
        }
        if (!exists()) {
            return run("a cluster: one primary, one standby, sample data", provision(), this::clusterFigures);
        }
        var start = Call.post(Body.of(), "clusters", CLUSTER, "start");
        return run("the cluster " + CLUSTER + " is there: making sure that it runs", start, this::clusterFigures);
    }

    private boolean exists() {
        try {
            return send(Call.get("clusters", CLUSTER)).isObject();
        } catch (Refused refused) {
            if (refused.status() == 404) {
                return false;
            }
            throw refused;
        }
    }

    private static Call provision() {
        var provision = Body.of()
                .number("standbys", 1)
                .texts("databases", List.of(DATABASE))
                .map("labels", Map.of("env", "demo"))
                .body("seed", Body.of().number("pgbenchScale", 10).number("orders", 50_000));
        return Call.post(Body.of().text("name", CLUSTER).body("provision", provision), "clusters");
    }

    private String clusterFigures(JsonNode result) {
        var instances = send(Call.get("clusters", CLUSTER, "instances")).path("items");
        var up = 0;
        for (var instance : instances) {
            up += instance.path("state").asText().equals("UP") ? 1 : 0;
        }
        for (var database : send(Call.get("clusters", CLUSTER, "databases")).path("items")) {
            if (database.path("name").asText().equals(DATABASE)) {
                var size = Format.size(database.path("sizeBytes").asDouble());
                return "%d of %d instances up, database %s holds %s".formatted(up, instances.size(), DATABASE, size);
            }
        }
        return "%d of %d instances up".formatted(up, instances.size());
    }

    /** A backup counts once a drill has restored it and looked inside; one from a moment ago will do. */
    private boolean provenBackup() {
        var newest = newestBackup();
        if (isProven(newest)) {
            var age = Format.duration(
                    Duration.between(Instant.parse(newest.path("endTime").asText()), Instant.now()));
            report.skip("a backup and its drill", "the newest backup is %s old and ASSERTED".formatted(age));
            return true;
        }
        return backup() && drill();
    }

    private JsonNode newestBackup() {
        return newestOf(Call.get("clusters", CLUSTER, "backups"));
    }

    /** By a drill, a moment ago, and of this very cluster: one of its name may have been there before. */
    private boolean isProven(JsonNode backup) {
        if (!backup.path("confidence").asText().equals("ASSERTED")) {
            return false;
        }
        var began = Instant.parse(backup.path("startTime").asText());
        return began.isAfter(Instant.now().minus(FRESH_BACKUP)) && began.isAfter(made());
    }

    private Instant made() {
        return Instant.parse(
                send(Call.get("clusters", CLUSTER)).path("createTime").asText());
    }

    private boolean backup() {
        var call = Call.post(Body.of(), "clusters", CLUSTER, "backups");
        return run(
                "a logical backup of all its databases",
                call,
                result -> "%s in %d files, %s"
                        .formatted(
                                Format.size(result.path("sizeBytes").asDouble()),
                                result.path("files").asInt(),
                                result.path("confidence").asText()));
    }

    private boolean drill() {
        var body = Body.of().bodies("assertions", assertions());
        var call = Call.post(body, "clusters", CLUSTER, "drills");
        return run("a drill: restore that backup elsewhere and look inside", call, result -> {
            report.assertions(result.path("drill").path("assertions"));
            return "restored in %s (RTO), data %s old (RPO), %d assertions held, %s"
                    .formatted(
                            Format.seconds(
                                    result.path("drill").path("recoverySeconds").asDouble()),
                            Format.seconds(
                                    result.path("drill").path("dataAgeSeconds").asDouble()),
                            result.path("drill").path("assertions").size(),
                            result.path("confidence").asText());
        });
    }

    private List<Body> assertions() {
        return List.of(
                AssertionOptions.rows(DATABASE + ".pgbench_accounts>=1000000"),
                AssertionOptions.rows(DATABASE + ".orders>=1"),
                AssertionOptions.fresh(DATABASE + ".orders.created_at<=" + freshSeconds() + "s"),
                AssertionOptions.amcheck(DATABASE),
                AssertionOptions.sql(DATABASE + ": select count(*) from orders where amount < 0 == 0"));
    }

    /** Nobody writes orders after the cluster was made: one that has been there for long may have old ones. */
    private long freshSeconds() {
        return FRESH_ORDERS
                .plus(Duration.between(made(), Instant.now()).truncatedTo(ChronoUnit.DAYS))
                .toSeconds();
    }

    private boolean vacuum() {
        var body = Body.of().flag("analyze", true).texts("databases", List.of(DATABASE));
        return run("vacuum and analyze of the database " + DATABASE, maintenance("vacuum", body), Quickstart::done);
    }

    private boolean reindex() {
        var body = Body.of().texts("databases", List.of(DATABASE));
        return run(
                "new indexes for the database " + DATABASE + ", concurrently",
                maintenance("reindex", body),
                Quickstart::done);
    }

    private static Call maintenance(String kind, Body body) {
        return Call.post(body, "clusters", CLUSTER, "maintenance", kind);
    }

    private static String done(JsonNode result) {
        return "done: " + Format.value("done", result.path("done"));
    }

    private boolean run(String what, Call call, Function<JsonNode, String> figures) {
        report.begin(what);
        return follow(send(call.with("reason", "quickstart").withKey(null)), figures);
    }

    private boolean follow(JsonNode accepted, Function<JsonNode, String> figures) {
        var ended = followed.follow(session, accepted.path("id").asText());
        var succeeded = OperationPage.succeeded(ended);
        report.end(
                ended,
                succeeded
                        ? figures.apply(ended.path("result"))
                        : "operation " + ended.path("id").asText());
        return succeeded;
    }

    private JsonNode newestOf(Call call) {
        return send(call.with("pageSize", 1)).path("items").path(0);
    }
}
