package io.pgbosun.bench;

import io.pgbosun.adapter.RealPgBouncer;
import io.pgbosun.bench.Writer.Gap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A cluster that the service knows, behind a PgBouncer that the service leads, and operations on it. */
final class Pooled implements AutoCloseable {
    static final String DATABASE = "postgres";

    private static final String URL =
            "jdbc:postgresql://127.0.0.1:%d/%s?prepareThreshold=0&connectTimeout=2&socketTimeout=20";
    private static final String PREPARE = """
            create table written (id bigint generated always as identity primary key);
            create role %s login superuser password '%s'
            """.formatted(RealPgBouncer.USER, RealPgBouncer.PASSWORD);

    private final Stage stage;
    private final Service service;
    private final String cluster;
    private final RealPgBouncer pooler;

    /**
     * Starts the pooler and has the service lead it.
     *
     * @param cluster that there is, prepared
     */
    Pooled(Stage stage, Service service, String cluster) {
        this.stage = stage;
        this.service = service;
        this.cluster = cluster;
        pooler = RealPgBouncer.start(stage.file(cluster + "-pooler"));
        var front = JsonObject.of(
                "name",
                "front",
                "address",
                "127.0.0.1",
                "port",
                pooler.port,
                "username",
                RealPgBouncer.ADMIN,
                "password",
                RealPgBouncer.PASSWORD,
                "configFile",
                pooler.databases().toString(),
                "databases",
                JsonArray.of(JsonObject.of("name", DATABASE)));
        service.post("/v1/clusters/" + cluster + "/poolers", front.encode());
        operate("pooler-configs", JsonObject.of("pooler", "front"));
    }

    /** Makes what a {@link Writer} needs: a table, and a role that poolers let through. */
    static void prepare(int port, String password) {
        var url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE);
        try (var connection = DriverManager.getConnection(url, "postgres", password);
                var statement = connection.createStatement()) {
            statement.execute(PREPARE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How long a client of the pooler cannot commit while something is done. */
    Gap during(Runnable change) {
        return Writer.during(stage, URL.formatted(pooler.port, DATABASE), change);
    }

    /** Carries an operation out and waits for its end; answers its id. */
    String operate(String action, JsonObject spec) {
        return succeed(stage, service, "/v1/clusters/%s/%s?reason=bench".formatted(cluster, action), spec);
    }

    /** Makes another instance the primary; answers which. */
    String change(String action, JsonObject spec) {
        return stage.postgres()
                .value("select result->>'newPrimary' from operation where id = '%s'".formatted(operate(action, spec)));
    }

    static String succeed(Stage stage, Service service, String path, JsonObject spec) {
        var id = NoOps.id(service.post(path, spec.encode()));
        stage.await("the end of " + path, () -> {
            service.get("/v1/operations/" + id + "?wait=20s");
            return Backups.hasEnded(stage, id);
        });
        Backups.seconds(stage, id);
        return id;
    }

    @Override
    public void close() {
        pooler.close();
    }
}
