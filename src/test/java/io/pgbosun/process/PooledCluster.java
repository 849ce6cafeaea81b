package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.adapter.RealPgBouncer;
import io.restassured.path.json.JsonPath;
import java.nio.file.Path;
import java.util.List;

/** A cluster with two standbys and a real PgBouncer before it, with a table {@code written} in its database {@code shop}. */
record PooledCluster(Service service, String name, RealPgBouncer pooler) implements AutoCloseable {
    /**
     * Makes one.
     *
     * @param parameters of postgresql.conf, as JSON in single quotes without the braces
     */
    static PooledCluster make(Service service, String name, String parameters, Path folder) {
        service.rest()
                .succeed(
                        "/v1/clusters",
                        "{'name':'%s','provision':{'standbys':2,'databases':['shop'],'parameters':{%s}}}"
                                .formatted(name, parameters));
        return before(service, name, folder);
    }

    /** Puts a PgBouncer before a cluster that is there, and has a database {@code shop}. */
    static PooledCluster before(Service service, String name, Path folder) {
        new Superuser(service, name).run("shop", """
                create role %1$s login superuser password '%2$s';
                create table written (id bigint generated always as identity primary key)
                """.formatted(RealPgBouncer.USER, RealPgBouncer.PASSWORD));
        var cluster = new PooledCluster(service, name, RealPgBouncer.start(folder));
        var made = service.rest()
                .post(
                        cluster.path("/poolers"),
                        "{'name':'front','address':'127.0.0.1','port':%d,'username':'%s','password':'%s','configFile':'%s','databases':[{'name':'shop'}]}"
                                .formatted(
                                        cluster.pooler.port,
                                        RealPgBouncer.ADMIN,
                                        RealPgBouncer.PASSWORD,
                                        cluster.pooler.databases()));
        assertEquals(201, made.status(), made.toString());
        service.rest().succeed(cluster.path("/pooler-configs"), "{'pooler':'front'}");
        return cluster;
    }

    String path(String below) {
        return "/v1/clusters/" + name + below;
    }

    private JsonPath instances() {
        return service.rest().get(path("/instances")).json();
    }

    List<String> roles() {
        return instances().getList("items.role");
    }

    String primary() {
        return instances().getString("items.find { it.role == 'PRIMARY' }.name");
    }

    Path directory(String instance) {
        return service.home().resolve("clusters").resolve(name).resolve(instance);
    }

    /** Whether clients are led to the primary, and nobody keeps them waiting. */
    boolean isLed() {
        var pooled = service.rest().get(path("/poolers/front")).json();
        return pooled.getList("running.paused").isEmpty()
                && service.rest().get(path("/poolers/front/config")).json().getBoolean("agrees");
    }

    /** A client's commit, through the pooler. */
    void write() {
        try (var session = ControlDatabase.Session.open(
                "jdbc:postgresql://127.0.0.1:%d/shop?prepareThreshold=0&connectTimeout=5&socketTimeout=20"
                        .formatted(pooler.port),
                RealPgBouncer.USER,
                RealPgBouncer.PASSWORD)) {
            session.run("insert into written default values");
        }
    }

    @Override
    public void close() {
        pooler.close();
    }
}
