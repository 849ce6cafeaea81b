package io.pgbosun.backup.wal;

import io.pgbosun.backup.wal.Timelines.Stretch;
import io.pgbosun.host.WalArchive.WalFile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Which archived WAL nobody needs any more. Looks at nothing but its arguments.
 *
 * <p>Every moment since {@code before} that can be recovered stays so: the WAL from the newest kept backup that had ended by
 * then stays, on the way to each timeline that was archived since. Older backups keep what they need to be consistent.
 */
public final class WalExpiry {
    /** What keeps a file of the archive. */
    @Schema(name = "WalKeptBy")
    public enum KeptBy {
        /** It is too young to go. */
        AGE,
        /** Recovery to a moment that is not too old reads it. */
        WINDOW,
        /** A kept backup is not consistent without it. */
        BACKUP,
        /** The newest segment of a timeline never goes. */
        NEWEST
    }

    /** A file of the archive, the segment that it is or belongs to, and what keeps it; nothing when it goes. */
    public record Judged(WalFile file, WalSegment segment, Set<KeptBy> keptBy) {
        public boolean goes() {
            return keptBy.isEmpty();
        }
    }

    private final Collection<BasePoint> bases;
    private final Instant before;
    private final Timelines timelines;
    private final long segmentBytes;
    private final List<Judged> judged;

    private WalExpiry(
            Collection<WalFile> files,
            Collection<BasePoint> bases,
            Instant before,
            Timelines timelines,
            long segmentBytes) {
        this.bases = bases;
        this.before = before;
        this.timelines = timelines;
        this.segmentBytes = segmentBytes;
        this.judged = files.stream()
                .flatMap(file ->
                        segment(file).stream().map(segment -> new Judged(file, segment, EnumSet.noneOf(KeptBy.class))))
                .sorted(Comparator.<Judged>comparingLong(one -> one.segment().number())
                        .thenComparing(one -> one.segment().timeline())
                        .thenComparing(one -> one.file().name()))
                .toList();
    }

    /**
     * Judges the segments, and the files that belong to one; history files are not among them, and stay.
     *
     * @param bases of the backups that are kept, each with the position that it begins to read WAL at
     * @param before what was archived later stays
     * @return the oldest first
     */
    public static List<Judged> judge(
            Collection<WalFile> files,
            Collection<BasePoint> bases,
            Instant before,
            Timelines timelines,
            long segmentBytes) {
        var expiry = new WalExpiry(files, bases, before, timelines, segmentBytes);
        expiry.keepYoung();
        expiry.keepNewest();
        expiry.keepConsistent();
        expiry.keepWindow();
        return expiry.judged;
    }

    /** {@code SEGMENT}, {@code SEGMENT.partial} or {@code SEGMENT.OFFSET.backup}. */
    private Optional<WalSegment> segment(WalFile file) {
        return WalSegment.parse(file.name().replaceFirst("[.].*", ""), segmentBytes);
    }

    private void keepYoung() {
        judged.stream().filter(this::isYoung).forEach(one -> one.keptBy().add(KeptBy.AGE));
    }

    private boolean isYoung(Judged one) {
        return !one.file().modifiedAt().isBefore(before);
    }

    private void keepNewest() {
        var newest = new HashMap<Integer, Judged>();
        judged.stream()
                .filter(one -> WalSegment.isName(one.file().name()))
                .forEach(one -> newest.put(one.segment().timeline(), one));
        newest.values().forEach(one -> one.keptBy().add(KeptBy.NEWEST));
    }

    private void keepConsistent() {
        for (var base : bases) {
            var first = WalSegment.numberOf(base.startLsn(), segmentBytes);
            var last = WalSegment.numberOf(base.stopLsn(), segmentBytes);
            keep(new Stretch(base.timeline(), first, last), KeptBy.BACKUP);
        }
    }

    /** On the way to each timeline that somebody may want to recover on. */
    private void keepWindow() {
        var wanted = judged.stream()
                .filter(this::isYoung)
                .map(one -> one.segment().timeline())
                .collect(Collectors.toCollection(TreeSet::new));
        judged.stream()
                .map(one -> one.segment().timeline())
                .max(Comparator.naturalOrder())
                .ifPresent(wanted::add);
        for (int timeline : wanted) {
            anchor(timeline)
                    .ifPresent(base -> timelines
                            .path(
                                    base.timeline(),
                                    WalSegment.numberOf(base.startLsn(), segmentBytes),
                                    timeline,
                                    segmentBytes)
                            .forEach(stretch -> keep(stretch, KeptBy.WINDOW)));
        }
    }

    /** Where recovery on a timeline to the oldest moment that is wanted begins: else to the oldest one that there is. */
    private Optional<BasePoint> anchor(int timeline) {
        var own = bases.stream()
                .filter(base -> timelines.descends(timeline, base.timeline(), base.stopLsn()))
                .sorted(Comparator.comparing(BasePoint::endTime))
                .toList();
        return own.stream()
                .filter(base -> !base.endTime().isAfter(before))
                .reduce((older, newer) -> newer)
                .or(() -> own.stream().findFirst());
    }

    private void keep(Stretch stretch, KeptBy by) {
        judged.stream()
                .filter(one -> one.segment().timeline() == stretch.timeline())
                .filter(one -> one.segment().number() >= stretch.first()
                        && one.segment().number() <= stretch.last())
                .forEach(one -> one.keptBy().add(by));
    }

    /** Files next to each other that have one fate. */
    @Schema(name = "WalStretch", description = "Archived WAL next to each other that has one fate.")
    public record Fate(
            @Schema(description = "The name of the first segment.")
            String first,

            @Schema(description = "The name of the last one.")
            String last,

            @Schema(description = "How many files: segments and what belongs to them.")
            int fileCount,

            long sizeBytes,

            @Schema(description = "Whether it would be removed.")
            boolean goes,

            @Schema(description = "What keeps it; empty when it goes.")
            List<KeptBy> keptBy) {}

    /** The fates of what was judged, timeline by timeline. */
    public static List<Fate> fates(List<Judged> judged, long segmentBytes) {
        var groups = new LinkedHashMap<Integer, List<List<Judged>>>();
        for (var one : judged) {
            var groupsOf = groups.computeIfAbsent(one.segment().timeline(), timeline -> new ArrayList<>());
            if (groupsOf.isEmpty() || !groupsOf.getLast().getFirst().keptBy().equals(one.keptBy())) {
                groupsOf.add(new ArrayList<>());
            }
            groupsOf.getLast().add(one);
        }
        return groups.values().stream()
                .flatMap(List::stream)
                .map(group -> fate(group, segmentBytes))
                .toList();
    }

    private static Fate fate(List<Judged> group, long segmentBytes) {
        return new Fate(
                group.getFirst().segment().name(segmentBytes),
                group.getLast().segment().name(segmentBytes),
                group.size(),
                group.stream().mapToLong(one -> one.file().sizeBytes()).sum(),
                group.getFirst().goes(),
                List.copyOf(group.getFirst().keptBy()));
    }
}
