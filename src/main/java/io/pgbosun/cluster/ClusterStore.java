package io.pgbosun.cluster;

import com.fasterxml.jackson.core.type.TypeReference;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Cluster.ClusterPolicy;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Vault;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Remembered;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The register of clusters: who they are, where their instances listen, how to log in; passwords sealed. */
@Singleton
public class ClusterStore {
    public static final Type LABELS = new TypeReference<Map<String, String>>() {}.getType();
    private static final String COLUMNS = """
            select c.name, c.driver, c.origin, c.labels::text as labels, c.policy::text as policy, c.username, c.password, c.ssl_mode,
              c.patroni::text as patroni,
              c.system_identifier, c.version, c.created_at,
              (select count(*)::integer from instance i where i.cluster = c.name) as instances
            from cluster c
            """;

    private final Store store;
    private final Json json;
    private final Vault vault;
    private final Remembered<String, Cluster> summaries;

    ClusterStore(Store store, Json json, Vault vault, Hints hints) {
        this.store = store;
        this.json = json;
        this.vault = vault;
        this.summaries = new Remembered<>(
                hints,
                "cluster",
                Function.identity(),
                name -> store.one(COLUMNS + " where c.name = $1", name).map(this::cluster));
    }

    public Optional<ClusterRecord> find(String name) {
        return store.one(COLUMNS + " where c.name = $1", name).map(this::record);
    }

    public ClusterRecord get(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("cluster", name));
    }

    /** Every cluster's name. */
    public List<String> names() {
        return store.query("select name from cluster order by name").stream()
                .map(row -> row.text("name"))
                .toList();
    }

    /** The names of all clusters that have all these labels. */
    public List<String> names(Map<String, String> labels) {
        return store
                .query("select name from cluster where labels @> $1::text::jsonb order by name", json.store(labels))
                .stream()
                .map(row -> row.text("name"))
                .toList();
    }

    /** Labels and policy, for the engine; perhaps those of a moment ago. */
    Optional<Cluster> summary(String name) {
        return summaries.get(name);
    }

    /** To be called after the commit of a change of labels or policy. */
    void changed(String name) {
        summaries.changed(name);
    }

    Page<Cluster> list(Caller caller, Map<String, String> labels, Page.Request page) {
        var rows = store.query(
                COLUMNS + """
                         where exists (select 1 from jsonb_array_elements($1::text::jsonb) s where c.labels @> s)
                          and c.labels @> $2::text::jsonb and ($3::text is null or c.name > $3)
                        order by c.name limit $4
                        """,
                json.store(caller.selectors(Permission.CLUSTER_READ)),
                json.store(labels),
                page.after(),
                page.limit());
        return page.of(rows, this::cluster, row -> row.text("name"));
    }

    /** Records a cluster with its instances, in one transaction. */
    public void insert(ClusterRecord record) {
        store.inTx(tx -> {
            var cluster = record.cluster();
            var inserted = tx.update(
                    """
                    insert into cluster (name, driver, origin, labels, policy, username, password, ssl_mode, system_identifier, patroni)
                    values ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7, $8, $9, $10::text::jsonb) on conflict do nothing
                    """,
                    cluster.name(),
                    cluster.driver(),
                    cluster.origin(),
                    json.store(cluster.labels()),
                    json.store(cluster.policy()),
                    record.username(),
                    record.password() == null ? null : vault.seal(record.password(), context(cluster.name())),
                    record.sslMode(),
                    cluster.systemIdentifier(),
                    record.patroni() == null ? null : json.store(record.patroni()));
            if (inserted == 0) {
                throw Problem.alreadyExists("cluster", cluster.name());
            }
            record.instances().forEach(instance -> insert(tx, cluster.name(), instance));
        });
    }

    private static void insert(Queries tx, String cluster, InstanceRecord instance) {
        var inserted = tx.update(
                """
                insert into instance (cluster, name, host, address, port, data_directory) values ($1, $2, $3, $4, $5, $6)
                on conflict do nothing
                """,
                cluster,
                instance.name(),
                instance.host(),
                instance.address(),
                instance.port(),
                instance.dataDirectory());
        if (inserted == 0) {
            throw Problem.of(
                    ProblemType.ALREADY_EXISTS,
                    "The server at %s:%d belongs to a registered cluster already; deregister that one first."
                            .formatted(instance.address(), instance.port()));
        }
    }

    /** Takes in an instance that has come, or where one listens now that has moved. */
    public void put(String cluster, InstanceRecord instance) {
        store.update(
                """
                insert into instance (cluster, name, host, address, port, data_directory) values ($1, $2, $3, $4, $5, $6)
                on conflict (cluster, name) do update set address = excluded.address, port = excluded.port
                """,
                cluster,
                instance.name(),
                instance.host(),
                instance.address(),
                instance.port(),
                instance.dataDirectory());
    }

    /** Forgets an instance. */
    public void remove(String cluster, String instance) {
        store.update("delete from instance where cluster = $1 and name = $2", cluster, instance);
    }

    /** The names of clusters that are driven so. */
    public List<String> names(Cluster.Driver driver) {
        return store.query("select name from cluster where driver = $1 order by name", driver).stream()
                .map(row -> row.text("name"))
                .toList();
    }

    /** The cluster to which a server belongs, if it is registered. */
    Optional<String> ownerOf(String address, int port) {
        return store.one("select cluster from instance where address = $1 and port = $2", address, port)
                .map(row -> row.text("cluster"));
    }

    public void delete(String name) {
        store.update("delete from cluster where name = $1", name);
        changed(name);
    }

    /** Replaces labels and policy when the etag is still the given one (null: whatever it is). */
    boolean update(Queries tx, String name, Map<String, String> labels, ClusterPolicy policy, String etag) {
        return tx.update("""
                        update cluster set labels = $2::text::jsonb, policy = $3::text::jsonb, version = version + 1
                        where name = $1 and ($4::text is null or version::text = $4)
                        """, name, json.store(labels), json.store(policy), etag) > 0;
    }

    Map<String, Map<String, String>> databaseLabels(String cluster) {
        var labels = new java.util.HashMap<String, Map<String, String>>();
        store.query("select database, labels::text as labels from database_labels where cluster = $1", cluster)
                .forEach(row -> labels.put(row.text("database"), json.load(row.text("labels"), LABELS)));
        return labels;
    }

    void labelDatabase(Queries tx, String cluster, String database, Map<String, String> labels) {
        tx.update("""
                insert into database_labels (cluster, database, labels) values ($1, $2, $3::text::jsonb)
                on conflict (cluster, database) do update set labels = excluded.labels
                """, cluster, database, json.store(labels));
    }

    /** Where databases with all these labels are, among clusters that the caller may see. */
    List<Map.Entry<String, String>> labelled(Caller caller, Map<String, String> labels) {
        return store.query("""
                        select d.cluster, d.database from database_labels d join cluster c on c.name = d.cluster
                        where exists (select 1 from jsonb_array_elements($1::text::jsonb) s where c.labels @> s)
                          and d.labels @> $2::text::jsonb order by d.cluster, d.database limit 500
                        """, json.store(caller.selectors(Permission.CLUSTER_READ)), json.store(labels)).stream()
                .map(row -> Map.entry(row.text("cluster"), row.text("database")))
                .toList();
    }

    private ClusterRecord record(Row row) {
        var cluster = cluster(row);
        var sealed = row.text("password");
        return new ClusterRecord(
                cluster,
                row.text("username"),
                sealed == null ? null : vault.unseal(sealed, context(cluster.name())),
                row.text("ssl_mode"),
                instances(cluster.name()),
                row.has("patroni") ? json.load(row.text("patroni"), PatroniApi.class) : null);
    }

    private List<InstanceRecord> instances(String cluster) {
        return store
                .query(
                        "select name, host, address, port, data_directory from instance where cluster = $1 order by name",
                        cluster)
                .stream()
                .map(ClusterStore::instance)
                .toList();
    }

    /** From a row with the columns of {@code instance}. */
    public static InstanceRecord instance(Row row) {
        return new InstanceRecord(
                row.text("name"),
                row.text("host"),
                row.text("address"),
                row.integer("port"),
                row.text("data_directory"));
    }

    private Cluster cluster(Row row) {
        return new Cluster(
                row.text("name"),
                row.constant(Cluster.Driver.class, "driver"),
                row.constant(Cluster.Origin.class, "origin"),
                json.load(row.text("labels"), LABELS),
                json.load(row.text("policy"), ClusterPolicy.class),
                row.text("system_identifier"),
                row.integer("instances"),
                String.valueOf(row.number("version")),
                row.time("created_at"));
    }

    private static String context(String cluster) {
        return "clusters/" + cluster;
    }
}
