package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupPlaces;
import io.pgbosun.host.Location;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The repositories that backups are stored in. */
@Singleton
public class Repositories {
    private static final String COLUMNS = """
            select r.name, r.type, r.path, r.encrypted, r.created_at, coalesce(b.count, 0) as count, coalesce(b.bytes, 0) as bytes
            from repository r left join lateral
              (select count(*) as count, sum(size_bytes)::bigint as bytes from backup where repository = r.name) b on true
            """;

    private final Store store;
    private final BackupPlaces places;
    private final Json json;
    private final AuditTrail audit;

    Repositories(Store store, BackupPlaces places, Json json, AuditTrail audit) {
        this.store = store;
        this.places = places;
        this.json = json;
        this.audit = audit;
    }

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
        var location = request.location();
        places.at(location, false).probe();
        store.inTx(tx -> {
            var inserted = tx.update(
                    """
                    insert into repository (name, type, path, encrypted, location) values ($1, $2, $3, $4, $5::text::jsonb)
                    on conflict do nothing
                    """,
                    request.name(),
                    request.type(),
                    location.display(),
                    request.encrypted(),
                    request.type() == Repository.Type.FILESYSTEM ? null : json.store(location));
            if (inserted == 0) {
                throw Problem.alreadyExists("repository with this name or path", request.name());
            }
            audit.write(
                    tx,
                    caller,
                    "repository.create",
                    "repositories/" + request.name(),
                    null,
                    Map.of("path", location.display()));
        });
        return get(request.name());
    }

    /** Forgets a repository that holds no backups and no WAL, and to which none is just taken; what is in the place stays. */
    public void delete(Caller caller, String name) {
        caller.require(Permission.REPOSITORY_WRITE);
        get(name);
        store.inTx(tx -> {
            if (tx.update("""
                            delete from repository r where name = $1
                              and not exists (select 1 from backup b where b.repository = r.name)
                              and not exists (select 1 from wal_archive w where w.repository = r.name)
                              and not exists (select 1 from operation o where o.ended_at is null and o.spec->>'repository' = r.name)
                            """, name) == 0) {
                throw Problem.notPossible(
                        "Repository '" + name
                                + "' holds backups or the WAL of a cluster, or one is just taken to it; delete the backups, archive into another repository, or wait.");
            }
            audit.write(tx, caller, "repository.delete", "repositories/" + name, null, Map.of());
        });
    }

    /** The backups stored in a repository. */
    public BackupFiles files(String name) {
        var row = row(name);
        return places.at(location(row), row.bool("encrypted"));
    }

    /** Where a repository is. */
    Location location(String name) {
        return location(row(name));
    }

    private Row row(String name) {
        return store.one(
                        "select type, path, location::text as location, encrypted from repository where name = $1",
                        name)
                .orElseThrow(() -> Problem.notFound("repository", name));
    }

    /** Where all repositories are, by name. */
    public Map<String, Location> locations() {
        var locations = new TreeMap<String, Location>();
        store.query("select name, type, path, location::text as location from repository")
                .forEach(row -> locations.put(row.text("name"), location(row)));
        return locations;
    }

    private Location location(Row row) {
        return switch (row.constant(Repository.Type.class, "type")) {
            case FILESYSTEM -> new Location.Directory(Path.of(row.text("path")));
            case S3 -> json.load(row.text("location"), Location.S3.class);
            case AZURE_BLOB -> json.load(row.text("location"), Location.AzureBlob.class);
        };
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
                row.bool("encrypted"),
                row.number("count"),
                row.number("bytes"),
                row.time("created_at"));
    }
}
