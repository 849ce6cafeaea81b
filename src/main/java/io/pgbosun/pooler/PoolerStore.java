package io.pgbosun.pooler;

import com.fasterxml.jackson.core.type.TypeReference;
import io.pgbosun.host.Endpoint;
import io.pgbosun.problem.Problem;
import io.pgbosun.secret.Vault;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;

/** The register of poolers; passwords sealed. */
@Singleton
class PoolerStore {
    private static final Type DATABASES = new TypeReference<List<PooledDatabase>>() {}.getType();
    private static final String COLUMNS = """
            select cluster, name, address, port, username, password, ssl_mode, databases::text as databases, config_file, created_at
            from pooler
            """;

    private final Store store;
    private final Json json;
    private final Vault vault;

    PoolerStore(Store store, Json json, Vault vault) {
        this.store = store;
        this.json = json;
        this.vault = vault;
    }

    Optional<PoolerRecord> find(String cluster, String name) {
        return store.one(COLUMNS + " where cluster = $1 and name = $2", cluster, name)
                .map(this::record);
    }

    PoolerRecord get(String cluster, String name) {
        return find(cluster, name).orElseThrow(() -> Problem.notFound("pooler", name));
    }

    /** All of a cluster, by name. */
    List<PoolerRecord> of(String cluster) {
        return store.query(COLUMNS + " where cluster = $1 order by name", cluster).stream()
                .map(this::record)
                .toList();
    }

    /** The clusters that have poolers. */
    List<String> clusters() {
        return store.query("select distinct cluster from pooler order by cluster").stream()
                .map(row -> row.text("cluster"))
                .toList();
    }

    Page<Pooler> list(String cluster, Page.Request page) {
        var rows = store.query(
                COLUMNS + " where cluster = $1 and ($2::text is null or name > $2) order by name limit $3",
                cluster,
                page.after(),
                page.limit());
        return page.of(rows, row -> record(row).pooler(), row -> row.text("name"));
    }

    void insert(Queries tx, String cluster, CreatePooler request) {
        var inserted = tx.update(
                """
                insert into pooler (cluster, name, address, port, username, password, ssl_mode, databases, config_file)
                values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9) on conflict do nothing
                """,
                cluster,
                request.name(),
                request.address(),
                request.port(),
                request.username(),
                request.password() == null ? null : vault.seal(request.password(), context(cluster, request.name())),
                request.sslMode(),
                json.store(request.databases()),
                request.configFile());
        if (inserted == 0) {
            throw Problem.alreadyExists("pooler with this name or configFile", request.name());
        }
    }

    /** False while an operation needs it. */
    boolean delete(Queries tx, String cluster, String name) {
        return tx.update("""
                        delete from pooler where cluster = $1 and name = $2 and not exists (
                          select 1 from operation o where o.ended_at is null and o.target = 'clusters/' || $1
                            and o.kind in ('switchover', 'failover', 'control-pooler', 'apply-pooler-config'))
                        """, cluster, name) > 0;
    }

    private PoolerRecord record(Row row) {
        var pooler = new Pooler(
                row.text("cluster"),
                row.text("name"),
                row.text("address"),
                row.integer("port"),
                row.text("username"),
                row.text("ssl_mode"),
                json.load(row.text("databases"), DATABASES),
                row.text("config_file"),
                row.time("created_at"),
                null);
        var sealed = row.text("password");
        var password = sealed == null ? null : vault.unseal(sealed, context(pooler.cluster(), pooler.name()));
        return new PoolerRecord(
                pooler, new Endpoint(pooler.address(), pooler.port(), pooler.username(), password, pooler.sslMode()));
    }

    private static String context(String cluster, String name) {
        return "clusters/" + cluster + "/poolers/" + name;
    }
}
