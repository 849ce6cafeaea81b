package io.pgbosun.backup;

import io.pgbosun.backup.Manifest.DumpedDatabase;
import io.pgbosun.backup.TakeBackup.TakeBackupResult;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.DumpRequest;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Progress;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** How a logical backup is taken, as an operation of its own or as a part of another one. */
@Singleton
class BackupRunbook {
    private final ClusterStore clusters;
    private final Publication publication;
    private final Repositories repositories;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    BackupRunbook(
            ClusterStore clusters,
            Publication publication,
            Repositories repositories,
            PgPrograms programs,
            Servers servers,
            Clock clock) {
        this.clusters = clusters;
        this.publication = publication;
        this.repositories = repositories;
        this.programs = programs;
        this.servers = servers;
        this.clock = clock;
    }

    /** What is dumped from where; decided once. */
    record Chosen(
            Endpoint endpoint,
            Map<String, String> labels,
            String repository,
            List<DumpedDatabase> databases,
            boolean globals,
            int serverVersionNumber,
            Lsn lsn,
            Instant startTime) {
        String source() {
            return endpoint.display();
        }
    }

    void check(Target target, TakeBackup spec, Checks checks) {
        publication.checkRepository(spec, checks);
        var cluster = clusters.get(target.id());
        var server = servers.at(publication.source(cluster, spec));
        var version = server.facts().majorVersion();
        checks.need(
                "pg_dump is new enough",
                programs.majorVersion() >= version,
                programs.majorVersion(),
                version + " or newer",
                "Install postgresql-client-" + version + " beside the service.");
        var wanted = wanted(spec, server.databases());
        checks.need(
                "databases are there",
                wanted.isPresent(),
                spec.databases(),
                "existing databases",
                "List them with GET /v1/clusters/" + target.id() + "/databases.");
        publication.checkSpace(spec, wanted.orElse(List.of()), checks);
        checks.takesLock("ACCESS SHARE on every table that is dumped");
        checks.restsOn(
                "databases",
                wanted.orElse(List.of()).stream().map(DatabaseFacts::name).toList());
    }

    TakeBackupResult run(Target target, TakeBackup spec, Steps steps) {
        var id = steps.operation();
        var chosen = steps.get("choose the source", Chosen.class, () -> choose(clusters.get(target.id()), spec));
        var source = chosen.endpoint();
        var files = repositories.files(chosen.repository());
        steps.ensure("open a place aside", () -> files.staged(id), () -> files.stage(id), () -> files.discard(id));
        var stored = new ArrayList<StoredFile>();
        if (chosen.globals()) {
            stored.addAll(keep(steps, "dump roles and tablespaces", () -> {
                programs.dumpGlobals(source, aside(files, id).resolve(Manifest.GLOBALS));
                return files.keep(id, Manifest.GLOBALS);
            }));
        }
        for (var database : chosen.databases()) {
            stored.addAll(keep(steps, "dump " + database.name(), () -> {
                dump(spec, source, database, aside(files, id).resolve(database.path()), steps);
                return files.keep(id, database.path());
            }));
        }
        var manifest = publication.publish(
                steps,
                files,
                manifest(new UUID(0, 0), target, spec, chosen, chosen.startTime(), stored),
                () -> manifest(id, target, spec, chosen, clock.instant(), stored),
                chosen.labels(),
                spec.repository());
        return new TakeBackupResult(
                id,
                spec.repository(),
                manifest.databases().stream().map(DumpedDatabase::name).toList(),
                manifest.sizeBytes(),
                manifest.files().size(),
                Confidence.CHECKSUMMED);
    }

    /** A run that stood still while another one has published the backup makes no place anew. */
    private static Path aside(BackupFiles files, UUID backup) {
        if (!files.staged(backup)) {
            throw Problem.notPossible("The place where backup " + backup + " is put together is gone.");
        }
        return files.stage(backup);
    }

    private Chosen choose(ClusterRecord cluster, TakeBackup spec) {
        var endpoint = publication.source(cluster, spec);
        var server = servers.at(endpoint);
        var facts = server.facts();
        var databases = new ArrayList<DumpedDatabase>();
        for (var database : wanted(spec, server.databases())
                .orElseThrow(() -> Problem.notPossible("Not all of the databases " + spec.databases() + " exist."))) {
            var path =
                    "database-" + (databases.size() + 1) + (spec.format() == DumpRequest.Format.CUSTOM ? ".dump" : "");
            databases.add(new DumpedDatabase(database.name(), database.owner(), path));
        }
        return new Chosen(
                endpoint,
                cluster.cluster().labels(),
                repositories.get(spec.repository()).name(),
                databases,
                spec.databases().isEmpty(),
                facts.versionNumber(),
                facts.replayLsn(),
                clock.instant());
    }

    /** The databases that are wanted; empty when one of them does not exist. */
    private static Optional<List<DatabaseFacts>> wanted(TakeBackup spec, List<DatabaseFacts> all) {
        if (spec.databases().isEmpty()) {
            return Optional.of(all);
        }
        var found = all.stream()
                .filter(database -> spec.databases().contains(database.name()))
                .toList();
        return found.size() == spec.databases().stream().distinct().count() ? Optional.of(found) : Optional.empty();
    }

    private void dump(TakeBackup spec, Endpoint source, DumpedDatabase database, Path to, Steps steps) {
        steps.progress(Progress.phase("dumping " + database.name()));
        programs.remove(to); // what a run that died has left
        var request = new DumpRequest(source, database.name(), spec.format(), spec.schemaOnly(), spec.jobs());
        programs.dump(request, to).forEach(steps::warn);
    }

    /** What a step has stored. */
    record Kept(List<StoredFile> files) {}

    private static List<StoredFile> keep(Steps steps, String name, Supplier<List<StoredFile>> dump) {
        return steps.act(name, Kept.class, new Kept(List.of()), () -> new Kept(dump.get()))
                .files();
    }

    private static Manifest manifest(
            UUID id, Target target, TakeBackup spec, Chosen chosen, Instant endTime, List<StoredFile> stored) {
        return new Manifest(
                id,
                target.id(),
                Backup.Type.LOGICAL,
                spec.format(),
                spec.schemaOnly(),
                chosen.globals(),
                chosen.databases(),
                chosen.source(),
                chosen.serverVersionNumber(),
                chosen.lsn(),
                chosen.startTime(),
                endTime,
                null,
                stored.stream().sorted(Comparator.comparing(StoredFile::path)).toList(),
                null);
    }
}
