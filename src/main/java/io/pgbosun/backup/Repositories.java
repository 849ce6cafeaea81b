package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The repositories that backups are stored in. */
@Singleton
public class Repositories {
    private static final String COLUMNS = """
            select r.name, r.type, r.path, r.created_at, coalesce(b.count, 0) as count, coalesce(b.bytes, 0) as bytes
            from repository r left join lateral
              (select count(*) as count, sum(size_bytes)::bigint as bytes from backup where repository = r.name) b on true
            """;

    private final Store store;
    private final BackupFiles files;
    private final AuditTrail audit;

    Repositories(Store store, BackupFiles files, AuditTrail audit) {
        this.store = store;
        this.files = files;
        this.audit = audit;
    }

    /** A new repository. */
    @Schema(
            description =
                    "A new repository; refused unless a probe file can be written, read, listed and deleted there.")
    public record CreateRepository(
            @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
            String name,

            @NotNull Repository.Type type,

            @NotNull
            @Pattern(regexp = "[/][^\\x00-\\x1F\\x7F]{1,400}", message = "must be an absolute path")
            @Schema(description = "A directory that the service may write to.")
            String path) {}

    public Page<Repository> list(Caller caller, Page.Request page) {
        caller.requireSomewhere(Permission.REPOSITORY_READ);
        var rows = store.query(
                COLUMNS + " where ($1::text is null or r.name > $1) order by r.name limit $2",
                page.after(),
                page.limit());
        return page.of(rows, this::repository, row -> row.text("name"));
    }

    public Repository get(Caller caller, String name) {
        caller.requireSomewhere(Permission.REPOSITORY_READ);
        return get(name);
    }

    /** Probes the place, and refuses with exactly what failed there. */
    public Repository create(Caller caller, CreateRepository request) {
        caller.require(Permission.REPOSITORY_WRITE);
        if (find(request.name()).isPresent()) {
            throw Problem.alreadyExists("repository", request.name());
        }
        var path = Path.of(request.path()).normalize();
        files.probe(path);
        store.inTx(tx -> {
            var inserted = tx.update(
                    "insert into repository (name, type, path) values ($1, $2, $3) on conflict do nothing",
                    request.name(),
                    request.type(),
                    path.toString());
            if (inserted == 0) {
                throw Problem.alreadyExists("repository with this name or path", request.name());
            }
            audit.write(
                    tx,
                    caller,
                    "repository.create",
                    "repositories/" + request.name(),
                    null,
                    Map.of("path", path.toString()));
        });
        return get(request.name());
    }

    /** Forgets a repository that holds no backups; its directory stays. */
    public void delete(Caller caller, String name) {
        caller.require(Permission.REPOSITORY_WRITE);
        get(name);
        store.inTx(tx -> {
            if (tx.update(
                            "delete from repository r where name = $1 and not exists (select 1 from backup b where b.repository = r.name)",
                            name)
                    == 0) {
                throw Problem.notPossible("Repository '" + name + "' holds backups; delete them first.");
            }
            audit.write(tx, caller, "repository.delete", "repositories/" + name, null, Map.of());
        });
    }

    Optional<Repository> find(String name) {
        return store.one(COLUMNS + " where r.name = $1", name).map(this::repository);
    }

    Repository get(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("repository", name));
    }

    private Repository repository(Row row) {
        return new Repository(
                row.text("name"),
                row.constant(Repository.Type.class, "type"),
                row.text("path"),
                row.number("count"),
                row.number("bytes"),
                row.time("created_at"));
    }
}
