package io.pgbosun.backup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgbosun.backup.WalArchiveStore.Archiving;
import io.pgbosun.backup.wal.Recoverability;
import io.pgbosun.backup.wal.Timelines;
import io.pgbosun.backup.wal.WalSegment;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchive.WalFile;
import io.pgbosun.host.WalArchives;
import io.pgbosun.host.WalCommit;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Finds out to which moments a cluster can be recovered, from the catalogue and from what is archived just now. */
@Singleton
public class RecoveryWindow {
    static final String HISTORY = ".history";
    /** How many segments are read at first to find a commit, how many times more then, and how many at most. */
    private static final int FIRST_LOOK = 1;

    private static final int WIDER = 8;
    private static final int WIDEST_LOOK = 64;
    private static final Duration KNOWN = Duration.ofHours(1);
    private static final int MOST_KNOWN = 10_000;

    private final WalArchiveStore archivings;
    private final Repositories repositories;
    private final BackupStore backups;
    private final WalArchives archives;
    /** What is in a segment stays as it is, and reading it takes a program. */
    private final Cache<End, Optional<WalCommit>> commits = Caffeine.newBuilder()
            .expireAfterWrite(KNOWN)
            .maximumSize(MOST_KNOWN)
            .build();

    RecoveryWindow(WalArchiveStore archivings, Repositories repositories, BackupStore backups, WalArchives archives) {
        this.archivings = archivings;
        this.repositories = repositories;
        this.backups = backups;
        this.archives = archives;
    }

    /**
     * What can be recovered, and where the WAL for it is.
     *
     * @param growing whether WAL is archived there still
     */
    public record Window(String repository, WalArchive archive, boolean growing, Recoverability recoverability) {}

    /** The end of archived WAL; what is archived anew under the same names has another beginning. */
    private record End(Path archive, Instant since, WalSegment last) {}

    /** Empty when the WAL of the cluster was never archived; still there when archiving has been switched off. */
    public Optional<Window> of(String cluster) {
        return archivings.find(cluster).map(archiving -> window(cluster, archiving));
    }

    private Window window(String cluster, Archiving archiving) {
        var archive = archives.at(
                archiving.method(), archiving.repository(), repositories.location(archiving.repository()), cluster);
        var recoverability = archive.origin()
                .map(origin -> recoverability(cluster, archiving, archive, origin.segmentBytes()))
                .orElse(Recoverability.NONE);
        return new Window(archiving.repository(), archive, archiving.endedAt() == null, recoverability);
    }

    /** Backups of before are of another archive, or even of another cluster that had the name. */
    private Recoverability recoverability(String cluster, Archiving archiving, WalArchive archive, long segmentBytes) {
        var files = archive.files();
        var bases = backups.basePoints(cluster).stream()
                .filter(base -> !base.endTime().isBefore(archiving.since()))
                .toList();
        return Recoverability.of(
                bases,
                segments(files, segmentBytes),
                damaged(files, segmentBytes),
                segmentBytes,
                timelines(files, archive),
                (first, last) -> lastCommit(archiving, archive, first, last, segmentBytes)
                        .map(WalCommit::time));
    }

    /** One that is not as large as it must be, or cannot be read, is none. */
    static List<WalSegment> segments(List<WalFile> files, long segmentBytes) {
        return segments(files, segmentBytes, true);
    }

    private static List<WalSegment> damaged(List<WalFile> files, long segmentBytes) {
        return segments(files, segmentBytes, false);
    }

    private static List<WalSegment> segments(List<WalFile> files, long segmentBytes, boolean whole) {
        return files.stream()
                .filter(file -> (file.walBytes() == segmentBytes) == whole)
                .flatMap(file -> WalSegment.parse(file.name(), segmentBytes).stream())
                .toList();
    }

    static Timelines timelines(List<WalFile> files, WalArchive archive) {
        var texts = new TreeMap<Integer, String>();
        files.stream()
                .map(WalFile::name)
                .filter(name -> name.endsWith(HISTORY))
                .forEach(name -> texts.put(Integer.parseUnsignedInt(name.substring(0, 8), 16), archive.read(name)));
        return Timelines.of(texts);
    }

    /** The last one that is archived; looked for from the end, for most segments hold one. */
    Optional<WalCommit> lastCommit(
            Archiving archiving, WalArchive archive, WalSegment first, WalSegment last, long segmentBytes) {
        return commits.get(
                new End(archive.directory(), archiving.since(), last),
                end -> lastCommit(archive, first, last, segmentBytes));
    }

    private static Optional<WalCommit> lastCommit(
            WalArchive archive, WalSegment first, WalSegment last, long segmentBytes) {
        var look = FIRST_LOOK;
        while (true) {
            var from = Math.max(first.number(), last.number() - look + 1);
            var commit = archive.lastCommit(
                    new WalSegment(last.timeline(), from).name(segmentBytes), last.name(segmentBytes));
            if (commit.isPresent() || from == first.number() || look >= WIDEST_LOOK) {
                return commit;
            }
            look *= WIDER;
        }
    }
}
