package io.pgbosun.bench;

import io.pgbosun.adapter.Inhabitants;
import io.pgbosun.secret.Vault;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/** A cluster that the service has made, a primary and two standbys behind a pooler. */
final class NativeCluster implements AutoCloseable {
    static final String NAME = "native";

    private final Stage stage;
    private final Pooled pooled;
    private String primary = NAME + "-1";
    private long orderedAt;

    /** Both in milliseconds. */
    record Failover(double withoutCommit, double fromOrder) {}

    NativeCluster(Stage stage, Service service) {
        this.stage = stage;
        var cluster = JsonObject.of("name", NAME, "provision", JsonObject.of("standbys", 2));
        Pooled.succeed(stage, service, "/v1/clusters", cluster);
        var sealed = stage.postgres().value("select password from cluster where name = '%s'".formatted(NAME));
        var password = Vault.open(stage.file("keys")).unseal(sealed, "clusters/" + NAME);
        Pooled.prepare(Integer.parseInt(ofPrimary("port")), password.reveal());
        pooled = new Pooled(stage, service, NAME);
    }

    private String ofPrimary(String column) {
        return stage.postgres()
                .value("select %s from instance where cluster = '%s' and name = '%s'".formatted(column, NAME, primary));
    }

    /** For how many milliseconds nobody could commit. */
    double switchOver() {
        return pooled.during(() -> primary = pooled.change("switchovers", new JsonObject()))
                .millis();
    }

    /** After kill -9 of the primary, which is a standby again in the end. */
    Failover failOver() {
        var old = primary;
        var gap = pooled.during(() -> {
            Inhabitants.kill(Path.of(ofPrimary("data_directory")));
            orderedAt = System.nanoTime();
            primary = pooled.change("failovers", JsonObject.of("acceptDataLossUpToBytes", 1L << 40));
        });
        pooled.operate("rejoins", JsonObject.of("instance", old));
        return new Failover(gap.millis(), gap.millisSince(orderedAt));
    }

    @Override
    public void close() {
        pooled.close();
        Inhabitants.kill(Path.of(ofPrimary("data_directory")).getParent());
    }
}
