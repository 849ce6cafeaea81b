package io.pgbosun.cluster;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The hosts that clusters are made on. */
@Singleton
public class Hosts {
    private static final String COLUMNS = "select name, driver, data_root, created_at from host";

    private final Store store;
    private final PgPrograms programs;
    private final AuditTrail audit;

    Hosts(Store store, PgPrograms programs, AuditTrail audit) {
        this.store = store;
        this.programs = programs;
        this.audit = audit;
    }

    /** A new host. */
    @Schema(description = "A new host.")
    public record CreateHost(
            @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
            String name,

            @NotNull
            @Pattern(regexp = "[/][^\\x00-\\x1F\\x7F]{1,400}", message = "must be an absolute path")
            @Schema(description = "The directory below which clusters get their data directories.")
            String dataRoot) {}

    public Page<Host> list(Caller caller, Page.Request page) {
        caller.requireSomewhere(Permission.HOST_READ);
        var rows = store.query(
                COLUMNS + " where ($1::text is null or name > $1) order by name limit $2", page.after(), page.limit());
        return page.of(rows, this::host, row -> row.text("name"));
    }

    public Host get(Caller caller, String name) {
        caller.requireSomewhere(Permission.HOST_READ);
        return get(name);
    }

    public Host create(Caller caller, CreateHost request) {
        caller.require(Permission.HOST_WRITE);
        store.inTx(tx -> {
            var inserted = tx.update(
                    "insert into host (name, driver, data_root) values ($1, 'LOCAL', $2) on conflict do nothing",
                    request.name(),
                    request.dataRoot());
            if (inserted == 0) {
                throw Problem.alreadyExists("host", request.name());
            }
            audit.write(
                    tx, caller, "host.create", "hosts/" + request.name(), null, Map.of("dataRoot", request.dataRoot()));
        });
        return get(request.name());
    }

    /** Forgets a host that no instance is on. */
    public void delete(Caller caller, String name) {
        caller.require(Permission.HOST_WRITE);
        get(name);
        store.inTx(tx -> {
            if (tx.update(
                            "delete from host h where name = $1 and not exists (select 1 from instance i where i.host = h.name)",
                            name)
                    == 0) {
                throw Problem.notPossible(
                        "Instances run on host '" + name + "'; delete or deregister their clusters first.");
            }
            audit.write(tx, caller, "host.delete", "hosts/" + name, null, Map.of());
        });
    }

    Optional<Host> find(String name) {
        return store.one(COLUMNS + " where name = $1", name).map(this::host);
    }

    Host get(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("host", name));
    }

    private Host host(Row row) {
        return new Host(
                row.text("name"),
                row.constant(Host.Driver.class, "driver"),
                row.text("data_root"),
                programs.majorVersion(),
                row.time("created_at"));
    }
}
