package io.pgbosun.cluster;

import io.pgbosun.store.Hints;
import io.pgbosun.store.Page;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Remembered;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The register of hosts. */
@Singleton
class HostStore {
    private static final String COLUMNS =
            "select name, driver, data_root, address, ssh_port, ssh_user, host_key, networks, bin_directory, postgres_version, created_at from host";

    private final Store store;
    private final Remembered<String, Host> hosts;

    HostStore(Store store, Hints hints) {
        this.store = store;
        this.hosts = new Remembered<>(hints, "host", Function.identity(), this::find);
    }

    Optional<Host> find(String name) {
        return store.one(COLUMNS + " where name = $1", name).map(HostStore::host);
    }

    /** As it was a second ago. */
    Optional<Host> recent(String name) {
        return hosts.get(name);
    }

    List<Row> list(Page.Request page) {
        return store.query(
                COLUMNS + " where ($1::text is null or name > $1) order by name limit $2", page.after(), page.limit());
    }

    /** False when there is one of the name. */
    boolean insert(Queries tx, CreateHost host, Integer postgresVersion) {
        return tx.update(
                        """
                        insert into host (name, driver, data_root, address, ssh_port, ssh_user, host_key, networks, bin_directory, postgres_version)
                        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
                        """,
                        host.name(),
                        host.driver().name(),
                        host.dataRoot(),
                        host.address(),
                        host.sshPort(),
                        host.sshUser(),
                        host.hostKey(),
                        host.networks().toArray(String[]::new),
                        host.binDirectory(),
                        postgresVersion)
                > 0;
    }

    /** False when instances are on it. */
    boolean delete(Queries tx, String name) {
        return tx.update(
                        "delete from host h where name = $1 and not exists (select 1 from instance i where i.host = h.name)",
                        name)
                > 0;
    }

    void changed(String name) {
        hosts.changed(name);
    }

    static Host host(Row row) {
        return new Host(
                row.text("name"),
                row.constant(Host.Driver.class, "driver"),
                row.text("data_root"),
                row.text("address"),
                row.has("ssh_port") ? row.integer("ssh_port") : null,
                row.text("ssh_user"),
                row.text("host_key"),
                List.of(row.texts("networks")),
                row.text("bin_directory"),
                row.has("postgres_version") ? row.integer("postgres_version") : null,
                row.time("created_at"));
    }
}
