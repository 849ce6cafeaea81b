package io.pgbosun.backup;

import io.pgbosun.backup.Manifest.DumpedDatabase;
import io.pgbosun.backup.Manifest.Physical;
import io.pgbosun.backup.TakeBackup.TakeBackupResult;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.host.BackupFiles;
import io.pgbosun.host.BackupFiles.StoredFile;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.PgPrograms.BaseBackup;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** How a physical backup is taken with pg_basebackup: straight from the server into the repository. */
@Singleton
class BaseBackupRunbook {
    private final ClusterStore clusters;
    private final Publication publication;
    private final Repositories repositories;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    BaseBackupRunbook(
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

    /** What is copied from where; decided once. */
    record Chosen(
            Endpoint endpoint,
            Map<String, String> labels,
            String repository,
            List<DumpedDatabase> databases,
            int serverVersionNumber,
            Instant startTime) {}

    /** What was stored, and what it is recovered by. */
    record Taken(StoredFile file, Physical physical) {}

    void check(Target target, TakeBackup spec, Checks checks) {
        publication.checkRepository(spec, checks);
        var server = servers.at(publication.source(clusters.get(target.id()), spec));
        var version = server.facts().majorVersion();
        checks.need(
                "pg_basebackup is of the server's version",
                programs.majorVersion() == version,
                programs.majorVersion(),
                String.valueOf(version),
                "Install postgresql-" + version + " beside the service.");
        publication.checkTablespaces(server, checks);
        checks.need(
                "the login may replicate",
                server.mayReplicate(),
                server.mayReplicate() ? "yes" : "no",
                "REPLICATION, or a superuser",
                "ALTER ROLE … REPLICATION for the role that pgbosun logs in as.");
        publication.checkSpace(spec, server.databases(), checks);
        checks.restsOn("version", version);
    }

    TakeBackupResult run(Target target, TakeBackup spec, Steps steps) {
        var id = steps.operation();
        var chosen = steps.get("choose the source", Chosen.class, () -> choose(clusters.get(target.id()), spec));
        var server = servers.at(chosen.endpoint());
        var files = repositories.files(chosen.repository());
        var slot = slot(id);
        steps.ensure("open a place aside", () -> files.staged(id), () -> files.stage(id), () -> files.discard(id));
        steps.ensure(
                "keep the WAL that it will need",
                () -> server.slotExists(slot),
                () -> server.createSlot(slot),
                () -> server.dropSlot(slot));
        var taken = steps.act(
                "copy the server",
                Taken.class,
                planned(chosen),
                () -> take(chosen.endpoint(), server, files, id, steps));
        steps.ensure("let that WAL go", () -> !server.slotExists(slot), () -> server.dropSlot(slot));
        var manifest = publication.publish(
                steps,
                files,
                manifest(id, target, chosen, taken),
                () -> manifest(id, target, chosen, taken),
                chosen.labels(),
                spec.repository());
        return new TakeBackupResult(
                id,
                spec.repository(),
                manifest.databases().stream().map(DumpedDatabase::name).toList(),
                manifest.sizeBytes(),
                manifest.files().size(),
                Confidence.WAL_COMPLETE);
    }

    private static Taken planned(Chosen chosen) {
        var nowhere = new Lsn(0);
        return new Taken(new StoredFile(Manifest.BASE, 0, ""), new Physical(1, nowhere, nowhere, chosen.startTime()));
    }

    /** As {@code pg_replication_slots} takes it. */
    private static String slot(UUID backup) {
        return "pgbosun_backup_" + backup.toString().replace('-', '_');
    }

    private Chosen choose(ClusterRecord cluster, TakeBackup spec) {
        var endpoint = publication.source(cluster, spec);
        var server = servers.at(endpoint);
        return new Chosen(
                endpoint,
                cluster.cluster().labels(),
                repositories.get(spec.repository()).name(),
                server.databases().stream()
                        .map(database -> new DumpedDatabase(database.name(), database.owner(), Manifest.BASE))
                        .toList(),
                server.facts().versionNumber(),
                clock.instant());
    }

    private Taken take(Endpoint source, Server server, BackupFiles files, UUID id, Steps steps) {
        var copied = new AtomicReference<BaseBackup>();
        var stored = files.receive(
                id,
                Manifest.BASE,
                out -> copied.set(programs.streamBaseBackup(
                        source, out, () -> server.baseBackupProgress().ifPresent(steps::progress))));
        var needs = copied.get();
        return new Taken(stored, new Physical(needs.timeline(), needs.startLsn(), needs.stopLsn(), server.now()));
    }

    private static Manifest manifest(UUID id, Target target, Chosen chosen, Taken taken) {
        return new Manifest(
                id,
                target.id(),
                Backup.Type.PHYSICAL,
                null,
                false,
                true,
                chosen.databases(),
                chosen.endpoint().display(),
                chosen.serverVersionNumber(),
                taken.physical().startLsn(),
                chosen.startTime(),
                taken.physical().endTime(),
                taken.physical(),
                List.of(taken.file()),
                null);
    }
}
