package io.pgbosun.bench;

import io.pgbosun.adapter.RealPatroni;
import io.pgbosun.bench.Writer.Gap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;

/** A leader and two replicas that a real Patroni runs with an etcd: first by itself, then with the service. */
final class PatroniCluster implements AutoCloseable {
    static final String NAME = "patroni";

    /** How the driver of clients finds the leader: it asks all servers, each time, without delay. */
    private static final String URL =
            "jdbc:postgresql://%s/%s?targetServerType=primary&hostRecheckSeconds=0&connectTimeout=2&socketTimeout=20";

    private final Stage stage;
    private final RealPatroni patroni;

    PatroniCluster(Stage stage) {
        this.stage = stage;
        patroni = RealPatroni.start(stage.file(NAME), RealPatroni.Shape.quick(3).withFsync());
        Pooled.prepare(patroni.leader().port, RealPatroni.PASSWORD.reveal());
    }

    /** How long a client that looks for the leader when it is cut off cannot commit while something is done. */
    private Gap during(Runnable change) {
        var servers =
                patroni.nodes().stream().map(node -> "127.0.0.1:" + node.port).collect(Collectors.joining(","));
        return Writer.during(stage, URL.formatted(servers, Pooled.DATABASE), change);
    }

    /** By Patroni's REST API; for how many milliseconds nobody could commit. */
    double switchOver() {
        var gap = during(() -> patroni.rest().switchover(patroni.leader().name, patroni.replica().name, () -> false));
        patroni.awaitHealthy();
        return gap.millis();
    }

    /** By Patroni itself, after kill -9 of the leader's Patroni and PostgreSQL, which is a replica again in the end, made anew if need be. */
    double failOver() {
        var old = patroni.leader();
        var gap = during(() -> {
            old.killAll();
            patroni.awaitLeaderOtherThan(old);
        });
        old.start();
        patroni.heal();
        return gap.millis();
    }

    /** Has the service take it in, behind a pooler. */
    Pooled register(Service service) {
        var api = JsonObject.of(
                "urls",
                new JsonArray(
                        patroni.api().urls().stream().map(Object::toString).toList()),
                "username",
                RealPatroni.USER,
                "password",
                RealPatroni.REST_PASSWORD.reveal());
        var register = JsonObject.of(
                "username",
                "postgres",
                "password",
                RealPatroni.PASSWORD.reveal(),
                "sslMode",
                "disable",
                "patroni",
                api);
        Pooled.succeed(stage, service, "/v1/clusters", JsonObject.of("name", NAME, "register", register));
        return new Pooled(stage, service, NAME);
    }

    /** By the service, which has Patroni do it. */
    double switchOver(Pooled pooled) {
        var gap = pooled.during(() -> pooled.change("switchovers", new JsonObject()));
        patroni.heal();
        return gap.millis();
    }

    @Override
    public void close() {
        patroni.close();
    }
}
