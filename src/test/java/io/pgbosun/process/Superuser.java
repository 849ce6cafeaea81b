package io.pgbosun.process;

import io.pgbosun.secret.Vault;
import java.util.List;

/**
 * A person with the login of a cluster that the service has provisioned.
 *
 * @param instance where the person logs in
 */
record Superuser(Service service, String cluster, String instance) {
    Superuser(Service service, String cluster) {
        this(service, cluster, cluster + "-1");
    }

    private ControlDatabase.Session open(String database) {
        var store = service.store();
        var sealed = store.value("select password from cluster where name = ?", cluster);
        var password = Vault.open(service.home().resolve("keys"))
                .unseal(sealed, "clusters/" + cluster)
                .reveal();
        var at = store.value(
                "select address || ':' || port from instance where cluster = ? and name = ?", cluster, instance);
        return ControlDatabase.Session.open("jdbc:postgresql://" + at + "/" + database, "postgres", password);
    }

    /** The first column of every row. */
    List<String> values(String sql) {
        return values("postgres", sql);
    }

    List<String> values(String database, String sql) {
        try (var session = open(database)) {
            return session.values(sql);
        }
    }

    void run(String database, String sql) {
        try (var session = open(database)) {
            session.run(sql);
        }
    }

    /** Drops databases. */
    void dropLike(String pattern) {
        try (var session = open("postgres")) {
            session.values("select datname from pg_database where datname like '" + pattern + "'")
                    .forEach(name -> session.run("drop database \"" + name + "\""));
        }
    }
}
