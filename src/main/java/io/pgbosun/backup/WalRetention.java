package io.pgbosun.backup;

import io.pgbosun.backup.BackupStore.Stored;
import io.pgbosun.backup.WalArchiveStore.Archiving;
import io.pgbosun.backup.wal.BasePoint;
import io.pgbosun.backup.wal.WalExpiry;
import io.pgbosun.backup.wal.WalExpiry.Judged;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchives;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds archived WAL that no kept backup and no wanted moment needs, and removes it. */
@Singleton
class WalRetention {
    private final WalArchiveStore archivings;
    private final Repositories repositories;
    private final WalArchives archives;

    WalRetention(WalArchiveStore archivings, Repositories repositories, WalArchives archives) {
        this.archivings = archivings;
        this.repositories = repositories;
        this.archives = archives;
    }

    /** Up to when archived WAL may go; null when the rule keeps all of it, or there is none that is ours to remove. */
    Instant before(String cluster, RetentionRule rule, Instant now) {
        var ours = archivings.find(cluster).filter(archiving -> archiving.method() == ArchiveMethod.SCRIPT);
        return rule.walDays() == null || ours.isEmpty() ? null : now.minus(Duration.ofDays(rule.walDays()));
    }

    /** What was archived, judged, with the size of its segments. */
    private record Found(WalArchive archive, List<Judged> judged, long segmentBytes) {}

    private Optional<Found> find(String cluster, Collection<Stored> kept, Instant before) {
        return archivings.find(cluster).flatMap(archiving -> {
            var archive = archives.at(
                    archiving.method(), archiving.repository(), repositories.location(archiving.repository()), cluster);
            var files = archive.files();
            return archive.origin()
                    .map(origin -> new Found(
                            archive,
                            WalExpiry.judge(
                                    files,
                                    bases(kept, archiving),
                                    before,
                                    RecoveryWindow.timelines(files, archive),
                                    origin.segmentBytes()),
                            origin.segmentBytes()));
        });
    }

    /** Backups of before are of another archive. */
    private static List<BasePoint> bases(Collection<Stored> kept, Archiving archiving) {
        return kept.stream()
                .filter(stored -> stored.manifest().physical() != null)
                .map(WalRetention::base)
                .filter(base -> !base.endTime().isBefore(archiving.since()))
                .toList();
    }

    private static BasePoint base(Stored stored) {
        var needs = stored.manifest().physical();
        return new BasePoint(
                stored.backup().id(), needs.timeline(), needs.startLsn(), needs.stopLsn(), needs.endTime());
    }

    List<WalExpiry.Fate> fates(String cluster, Collection<Stored> kept, Instant before) {
        return find(cluster, kept, before)
                .map(found -> WalExpiry.fates(found.judged(), found.segmentBytes()))
                .orElse(List.of());
    }

    /** Removes it, the oldest first. */
    void remove(String cluster, Collection<Stored> kept, Instant before) {
        find(cluster, kept, before)
                .ifPresent(found -> found.archive()
                        .remove(found.judged().stream()
                                .filter(Judged::goes)
                                .map(one -> one.file().name())
                                .toList()));
    }
}
