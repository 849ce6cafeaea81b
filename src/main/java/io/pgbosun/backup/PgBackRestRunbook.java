package io.pgbosun.backup;

import io.pgbosun.backup.Manifest.DumpedDatabase;
import io.pgbosun.backup.Manifest.Physical;
import io.pgbosun.backup.TakeBackup.TakeBackupResult;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgBackRest;
import io.pgbosun.host.PgBackRest.BackupSet;
import io.pgbosun.host.Progress;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** How a physical backup is taken with pgBackRest: into the stanza that the cluster archives its WAL into. */
@Singleton
class PgBackRestRunbook {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Publication publication;
    private final Stanzas stanzas;
    private final WalArchiveStore archivings;
    private final Servers servers;
    private final Clock clock;

    PgBackRestRunbook(
            ClusterStore clusters,
            Topology topology,
            Publication publication,
            Stanzas stanzas,
            WalArchiveStore archivings,
            Servers servers,
            Clock clock) {
        this.clusters = clusters;
        this.topology = topology;
        this.publication = publication;
        this.stanzas = stanzas;
        this.archivings = archivings;
        this.servers = servers;
        this.clock = clock;
    }

    /** What is copied from where; decided once. */
    record Chosen(
            Endpoint endpoint,
            String dataDirectory,
            Map<String, String> labels,
            List<String> databases,
            int serverVersionNumber,
            Instant startTime) {}

    void check(Target target, TakeBackup spec, Checks checks) {
        publication.checkRepository(spec, checks);
        stanzas.checkInstalled("use another engine", checks);
        var archiving = archivings
                .find(target.id())
                .filter(known -> known.endedAt() == null)
                .filter(known -> known.method() == ArchiveMethod.PGBACKREST)
                .map(WalArchiveStore.Archiving::repository);
        checks.need(
                "its WAL is archived by pgBackRest into the same repository",
                archiving.filter(spec.repository()::equals).isPresent(),
                archiving.orElse("not by pgBackRest"),
                spec.repository(),
                "POST /v1/clusters/" + target.id()
                        + "/wal-archive with method PGBACKREST and that repository, or use another engine.");
        var server = servers.at(topology.primaryEndpoint(clusters.get(target.id())));
        publication.checkTablespaces(server, checks);
        publication.checkSpace(spec, server.databases(), checks);
        checks.restsOn("version", server.facts().majorVersion());
    }

    TakeBackupResult run(Target target, TakeBackup spec, Steps steps) {
        var id = steps.operation();
        var stanza = stanzas.of(spec.repository(), target.id());
        var chosen = steps.get("choose the source", Chosen.class, () -> choose(clusters.get(target.id())));
        var set = steps.obtain(
                "take it with pgbackrest",
                BackupSet.class,
                BackupSet.planned(target.id(), spec.backupType(), id, chosen.startTime()),
                () -> stanza.find(id),
                () -> take(stanza, chosen, spec, steps),
                () -> takeBack(stanza, id));
        steps.act("verify it with pgbackrest", () -> refuseDamaged(stanza, set));
        var manifest = manifest(id, target.id(), chosen, set);
        publication.record(steps, manifest, chosen.labels(), spec.repository());
        return new TakeBackupResult(
                id, spec.repository(), chosen.databases(), set.sizeBytes(), 0, Confidence.WAL_COMPLETE);
    }

    private Chosen choose(ClusterRecord cluster) {
        var endpoint = topology.primaryEndpoint(cluster);
        var server = servers.at(endpoint);
        return new Chosen(
                endpoint,
                cluster.instances().stream()
                        .filter(instance -> cluster.endpoint(instance).equals(endpoint))
                        .findFirst()
                        .orElseThrow()
                        .dataDirectory(),
                cluster.cluster().labels(),
                server.databases().stream().map(database -> database.name()).toList(),
                server.facts().versionNumber(),
                clock.instant());
    }

    private static void take(PgBackRest stanza, Chosen chosen, TakeBackup spec, Steps steps) {
        steps.progress(Progress.phase("pgbackrest begins"));
        stanza.backup(
                        chosen.endpoint(),
                        Path.of(chosen.dataDirectory()),
                        spec.backupType(),
                        steps.operation(),
                        steps::progress)
                .forEach(steps::warn);
    }

    /** pgBackRest keeps its only full backup, whatever is asked of it: then it stays for {@code reconcile} to find. */
    private static void takeBack(PgBackRest stanza, UUID id) {
        stanza.find(id).filter(set -> !isOnlyFull(stanza, set)).ifPresent(set -> stanza.expire(set.label()));
    }

    static boolean isOnlyFull(PgBackRest stanza, BackupSet set) {
        return set.backupType() == PgBackRest.SetType.FULL
                && stanza.backups().stream()
                        .noneMatch(other -> other.backupType() == PgBackRest.SetType.FULL
                                && !other.label().equals(set.label()));
    }

    private static void refuseDamaged(PgBackRest stanza, BackupSet set) {
        var damage = stanza.verify().getOrDefault(set.label(), List.of());
        if (!damage.isEmpty()) {
            throw Problem.of(
                    ProblemType.DAMAGED,
                    "Backup %s is damaged: %s. Take a FULL one, and see to the disk of the repository."
                            .formatted(
                                    set.label(),
                                    damage.stream()
                                            .map(file -> file.path() + ": " + file.found())
                                            .collect(Collectors.joining("; "))),
                    Map.of("damage", damage));
        }
    }

    private static Manifest manifest(UUID id, String cluster, Chosen chosen, BackupSet set) {
        return manifest(
                id, cluster, chosen.databases(), chosen.endpoint().display(), chosen.serverVersionNumber(), set);
    }

    /** What a backup of a stanza says of itself. */
    static Manifest manifest(
            UUID id, String cluster, List<String> databases, String source, int serverVersionNumber, BackupSet set) {
        return new Manifest(
                id,
                cluster,
                Backup.Type.PHYSICAL,
                null,
                false,
                true,
                databases.stream()
                        .map(name -> new DumpedDatabase(name, null, set.label()))
                        .toList(),
                source,
                serverVersionNumber,
                set.startLsn(),
                set.startTime(),
                set.endTime(),
                new Physical(set.timeline(), set.startLsn(), set.stopLsn(), set.endTime()),
                List.of(),
                set);
    }
}
