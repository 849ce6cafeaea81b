package io.pgbosun.doctor;

import io.pgbosun.Api;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.store.Store;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.UUID;

/** The installation under examination: what an ordinary day leaves, and ways to spoil it. */
@Singleton
class Patient {
    static final String VACUUM = "/v1/clusters/patient/maintenance/vacuum";

    private final Store store;
    private final ClusterStore clusters;
    private final List<Invariant> invariants;

    Patient(Store store, ClusterStore clusters, @All List<Invariant> invariants) {
        this.store = store;
        this.clusters = clusters;
        this.invariants = invariants;
    }

    /** Something that throws what JDBC and files throw. */
    interface Act {
        void run() throws Exception;
    }

    /** One of each outcome that an ordinary day brings. */
    static void work(Api api) {
        api.succeed("/v1/clusters", "{'name':'patient','provision':{'standbys':1,'databases':['shop']}}");
        api.succeed(VACUUM, "{}");
        api.succeed("/v1/clusters/patient/maintenance/reindex", "{'databases':['shop']}");
        api.ended(api.started(api.post(VACUUM, "{'databases':['nosuch']}")));
        var later = api.started(api.post(VACUUM + "?startTime=2100-01-01T00:00:00Z", "{}"));
        api.post("/v1/operations/" + later + "/cancel", "{}").then().statusCode(200);
        var backup = api.succeed("/v1/clusters/patient/backups", "{}").getString("result.backup");
        api.succeed("/v1/clusters/patient/drills", "{'backup':'" + backup + "'}");
        api.succeed("/v1/clusters/patient/restores", "{'backup':'" + backup + "','database':'shop','swap':true}");
        api.succeed("/v1/clusters", "{'name':'gone','provision':{}}");
        api.succeed("/v1/clusters/gone/deregister", "{}");
    }

    /** What every invariant has to say just now, such as {@code I2 FAIL operations/…}. */
    TreeSet<String> findings() {
        var found = new TreeSet<String>();
        for (var invariant : invariants) {
            var examination = new Examination();
            invariant.examine(new Scope(Instant.now().minusSeconds(3600)), examination);
            examination
                    .result(invariant)
                    .findings()
                    .forEach(finding -> found.add(invariant.id() + " " + finding.verdict() + " " + finding.subject()));
        }
        return found;
    }

    /** The newest operation of a kind that succeeded. */
    UUID newest(String kind) {
        return store.one(
                        "select id from operation where kind = $1 and state = 'SUCCEEDED' order by id desc limit 1",
                        kind)
                .orElseThrow()
                .uuid("id");
    }

    ClusterRecord cluster() {
        return clusters.find("patient").orElseThrow();
    }

    /** A session at the primary, tagged as that of a run or (null) not at all. */
    Connection session(String tag, String database) throws SQLException {
        var primary = cluster().instances().getFirst();
        var properties = new Properties();
        properties.setProperty("user", cluster().username());
        properties.setProperty("password", cluster().password().reveal());
        properties.setProperty("ApplicationName", tag == null ? "psql" : tag);
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(primary.address(), primary.port(), database), properties);
    }

    void say(String tag, String database, String... statements) throws SQLException {
        try (var session = session(tag, database)) {
            for (var statement : statements) {
                session.createStatement().execute(statement);
            }
        }
    }

    /** Seals no audit entry meanwhile, for what is sealed cannot be taken away again, and takes up no operation. */
    void still(Act act) throws Exception {
        store.<Boolean>tx(tx -> {
            tx.query("select pg_advisory_xact_lock(hashtextextended('pgbosun.audit.seal', 0))");
            tx.query("select pg_advisory_xact_lock(hashtextextended('pgbosun.claims', 0))");
            try {
                act.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return true;
        });
    }

    void audit(UUID operation, String action, String details) {
        store.update(
                "insert into audit_entry (principal, channel, action, target, operation, details) values ('planted', 'REST', $1, 'clusters/patient', $2, $3::text::jsonb)",
                action,
                operation,
                details);
    }

    /** An operation whose history says that it came into these states and is in the last one; forget it before a worker sees it. */
    UUID history(String... states) {
        var id = io.pgbosun.operation.Ids.next();
        store.update("""
                insert into operation (id, kind, target, state, spec, principal, channel, fingerprint, risk, cancel_effect,
                  timeout_seconds, lease_epoch, lease_until, probe_at, last_event)
                values ($1, 'planted', 'clusters/patient', $2, '{}', 'planted', 'REST', '', 'LOW', 'SAFE', 60, 1,
                  now() - interval '1 minute', now() + interval '1 hour', $3)
                """, id, states[states.length - 1], (long) states.length);
        for (var number = 1; number <= states.length; number++) {
            var state = states[number - 1];
            store.update(
                    "insert into operation_event (operation, number, at, type, data) values ($1, $2, clock_timestamp(), 'STATE', jsonb_build_object('state', $3::text))",
                    id,
                    (long) number,
                    state);
            audit(
                    id,
                    "planted." + (number == 1 ? "start" : state.toLowerCase(java.util.Locale.ROOT)),
                    state.equals("RUNNING") ? "{\"epoch\":1}" : "{}");
        }
        return id;
    }

    void forget(UUID operation) {
        store.update("delete from operation where id = $1", operation);
        store.update("delete from audit_entry where operation = $1 and number is null", operation);
    }
}
