package io.pgbosun.backup;

import io.pgbosun.access.Caller;
import io.pgbosun.backup.ArchiveStatus.ArchivingState;
import io.pgbosun.backup.ArchiveStatus.RecoveryPoint;
import io.pgbosun.backup.WalArchiveStore.Archiving;
import io.pgbosun.backup.wal.Recoverability;
import io.pgbosun.backup.wal.WalSegment;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.ArchiverFacts;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchive.WalFile;
import io.pgbosun.host.WalArchives;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads how the archiving of WAL goes and what can be recovered, as far as the caller may see the cluster. */
@Singleton
public class WalArchiving {
    private static final double NANOS = 1e9;

    private final Clusters clusters;
    private final ClusterStore records;
    private final Topology topology;
    private final WalArchiveStore archivings;
    private final Repositories repositories;
    private final WalArchives archives;
    private final RecoveryWindow window;
    private final Clock clock;

    WalArchiving(
            Clusters clusters,
            ClusterStore records,
            Topology topology,
            WalArchiveStore archivings,
            Repositories repositories,
            WalArchives archives,
            RecoveryWindow window,
            Clock clock) {
        this.clusters = clusters;
        this.records = records;
        this.topology = topology;
        this.archivings = archivings;
        this.repositories = repositories;
        this.archives = archives;
        this.window = window;
        this.clock = clock;
    }

    /** Asks the primary and looks into the archive just now. */
    public ArchiveStatus status(Caller caller, String cluster) {
        clusters.get(caller, cluster);
        return archivings
                .find(cluster)
                .map(archiving -> status(cluster, archiving))
                .orElseGet(() -> status(
                        cluster,
                        ArchivingState.OFF,
                        "its WAL was never archived",
                        new Archiving(null, null, null, null),
                        null,
                        List.of(),
                        null,
                        null));
    }

    /**
     * What is told of a cluster that archives, whoever asks.
     *
     * @param holes in what can be recovered since its oldest backup
     */
    public record Health(ArchiveStatus status, int holes) {}

    /** The clusters that archive, by name. */
    public List<String> archiving() {
        return archivings.archiving();
    }

    /** Empty for a cluster that does not archive any more. */
    public Optional<Health> health(String cluster) {
        return archivings
                .find(cluster)
                .filter(archiving -> archiving.endedAt() == null)
                .map(archiving -> new Health(
                        status(cluster, archiving),
                        window.of(cluster)
                                .map(found -> found.recoverability().holes().size())
                                .orElse(0)));
    }

    private ArchiveStatus status(String cluster, Archiving archiving) {
        var archive = archives.at(
                archiving.method(), archiving.repository(), repositories.location(archiving.repository()), cluster);
        var files = archive.files();
        if (archiving.endedAt() != null) {
            return status(cluster, ArchivingState.OFF, "it was switched off", archiving, archive, files, null, null);
        }
        try {
            var facts = topology.primary(records.get(cluster)).archiver();
            var state = facts.failing() ? ArchivingState.FAILING : ArchivingState.WORKING;
            return status(
                    cluster,
                    state,
                    facts.failing() ? failure(facts) : "",
                    archiving,
                    archive,
                    files,
                    facts,
                    point(facts, archiving, archive, files));
        } catch (Problem problem) {
            return status(cluster, ArchivingState.UNKNOWN, problem.detail(), archiving, archive, files, null, null);
        }
    }

    private static String failure(ArchiverFacts facts) {
        return "archive_command failed for %s; see the primary's log, and whether the directory can be written to"
                .formatted(facts.lastFailedWal());
    }

    private static ArchiveStatus status(
            String cluster,
            ArchivingState state,
            String reason,
            Archiving archiving,
            WalArchive archive,
            List<WalFile> files,
            ArchiverFacts facts,
            RecoveryPoint current) {
        return new ArchiveStatus(
                cluster,
                state,
                reason,
                archiving.method(),
                archiving.repository(),
                archive == null ? null : archive.directory().toString(),
                archiving.since(),
                archiving.endedAt(),
                files.stream().filter(file -> WalSegment.isName(file.name())).count(),
                files.stream().mapToLong(WalFile::sizeBytes).sum(),
                facts == null ? null : facts.archivedCount(),
                facts == null ? null : facts.failedCount(),
                facts == null ? null : facts.lastArchivedWal(),
                facts == null ? null : facts.lastArchivedTime(),
                facts == null ? null : facts.lastFailedWal(),
                facts == null ? null : facts.lastFailedTime(),
                facts == null ? null : facts.readyCount(),
                current);
    }

    /** Null when nothing of the primary's timeline is archived. */
    private RecoveryPoint point(ArchiverFacts facts, Archiving archiving, WalArchive archive, List<WalFile> files) {
        var bytes = facts.segmentBytes();
        var there = RecoveryWindow.segments(files, bytes).stream()
                .filter(segment -> segment.timeline() == facts.timeline())
                .sorted(Comparator.comparing(WalSegment::number))
                .toList();
        if (there.isEmpty()) {
            return null;
        }
        var archived = there.getLast().end(bytes);
        return new RecoveryPoint(
                archived.toString(),
                Math.max(0, facts.writeLsn().bytesSince(archived)),
                rpoSeconds(facts, archiving, archive, there.getFirst(), there.getLast()));
    }

    private Double rpoSeconds(
            ArchiverFacts facts, Archiving archiving, WalArchive archive, WalSegment first, WalSegment last) {
        var commit = window.lastCommit(archiving, archive, first, last, facts.segmentBytes());
        return commit.map(known -> known.transaction() == facts.newestTransaction()
                        ? 0.0
                        : Math.max(
                                0.0,
                                Duration.between(known.time(), clock.instant()).toNanos() / NANOS))
                .orElse(null);
    }

    /**
     * The window of recovery.
     *
     * @param at a moment to be looked for in it, or null
     */
    public ClusterRecoverability recoverability(Caller caller, String cluster, Instant at) {
        var status = status(caller, cluster);
        var found = window.of(cluster);
        var recoverability = found.map(RecoveryWindow.Window::recoverability).orElse(Recoverability.NONE);
        return new ClusterRecoverability(
                cluster,
                status.repository(),
                recoverability.intervals(),
                recoverability.holes(),
                Optional.ofNullable(at).map(recoverability::at).orElse(null),
                status.current());
    }
}
