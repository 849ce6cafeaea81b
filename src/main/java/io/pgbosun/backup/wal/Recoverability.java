package io.pgbosun.backup.wal;

import io.pgbosun.backup.wal.Timelines.Stretch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * To which moments a cluster can be recovered, from its physical backups and its archived WAL. Pure: it looks at nothing.
 *
 * @param intervals in which every moment can be reached, ordered by their beginning
 * @param holes the WAL that is missing between or after them
 * @param reaches how far recovery from each backup that can be recovered from goes, the oldest first
 */
public record Recoverability(List<Interval> intervals, List<Hole> holes, List<Interval> reaches) {
    private static final int MOST_NAMED = 100;
    public static final Recoverability NONE = new Recoverability(List.of(), List.of(), List.of());

    /** An interval in which every moment can be reached. */
    @Schema(name = "RecoverableInterval", description = "An interval in which every moment can be reached.")
    public record Interval(
            @Schema(description = "The oldest backup that it can be recovered from.")
            UUID backup,

            @Schema(description = "When that backup ended.") Instant from,

            @Schema(description = "When the last archived commit was made.")
            Instant to,

            @Schema(description = "The position up to which WAL must be replayed for the backup to be consistent.")
            String fromLsn,

            @Schema(description = "The position of the first byte that is not archived.")
            String toLsn,

            @Schema(description = "The timeline that recovery follows; recovery_target_timeline.")
            int timeline) {

        /** Whether recovery to this moment is possible. */
        public boolean holds(Instant at) {
            return !at.isBefore(from) && !at.isAfter(to);
        }
    }

    /** WAL that is missing or damaged. */
    @Schema(name = "RecoveryHole", description = "WAL that is missing: what was written meanwhile cannot be reached.")
    public record Hole(
            @Schema(description = "The last moment before it that can be reached.")
            Instant from,

            @Schema(description = "The first moment after it that can be reached; none when null.")
            Instant to,

            @Schema(description = "The names of the segments that are missing or damaged, at most 100.")
            List<String> missing,

            @Schema(description = "How many are missing or damaged.")
            long missingCount) {}

    /** Whether a moment can be reached. */
    @Schema(name = "RecoveryReach", description = "Whether a moment can be reached, and which ones near to it can.")
    public record Reach(
            Instant at,
            boolean reachable,

            @Schema(description = "The backup to recover from: the newest that it can be reached from.")
            UUID backup,

            @Schema(description = "The timeline to follow then; recovery_target_timeline.")
            Integer timeline,

            @Schema(description = "The last moment up to it that can be reached; none when null.")
            Instant nearestBefore,

            @Schema(description = "The first moment from it on that can be reached; none when null.")
            Instant nearestAfter) {}

    /** When the last commit in a range of segments of one timeline was made; empty when there is none in it. */
    public interface LastCommit {
        Optional<Instant> in(WalSegment first, WalSegment last);
    }

    /** Recovery from one backup: the way it takes and where that ends, in numbers of segments. */
    private record Run(BasePoint base, int timeline, List<Stretch> path, long end) {}

    /** Runs that end at the same place. */
    private record End(int timeline, long segment) {}

    public static Recoverability of(
            Collection<BasePoint> bases,
            Collection<WalSegment> archived,
            Collection<WalSegment> damaged,
            long segmentBytes,
            Timelines timelines,
            LastCommit lastCommit) {
        var there = new Archived(archived, damaged);
        var ends = new LinkedHashMap<End, List<Run>>();
        bases.stream()
                .sorted(Comparator.comparing(BasePoint::endTime))
                .map(base -> run(base, there, timelines, segmentBytes))
                .filter(run -> Long.compareUnsigned(
                                run.end() * segmentBytes, run.base().stopLsn().position())
                        >= 0)
                .forEach(run -> ends.computeIfAbsent(new End(run.timeline(), run.end()), end -> new ArrayList<>())
                        .add(run));
        var intervals = new ArrayList<Interval>();
        var holes = new ArrayList<Hole>();
        var reaches = new ArrayList<Interval>();
        for (var runs : ends.values()) {
            var first = runs.getFirst();
            var to = lastOf(first, segmentBytes, lastCommit);
            runs.forEach(run -> reaches.add(interval(run, to, segmentBytes)));
            intervals.add(interval(first, to, segmentBytes));
            hole(first, to, ends.values(), there, segmentBytes).ifPresent(holes::add);
        }
        return new Recoverability(List.copyOf(intervals), List.copyOf(holes), List.copyOf(reaches));
    }

    private static Run run(BasePoint base, Archived there, Timelines timelines, long segmentBytes) {
        var first = WalSegment.numberOf(base.startLsn(), segmentBytes);
        var timeline = timelines.newest(base.timeline(), base.stopLsn());
        var path = timelines.path(base.timeline(), first, timeline, segmentBytes);
        return new Run(base, timeline, path, there.endOf(path));
    }

    /** The last commit on the way of a run; its backup's end when there is none. */
    private static Instant lastOf(Run run, long segmentBytes, LastCommit lastCommit) {
        for (var stretch : run.path().reversed()) {
            var last = Math.min(stretch.last(), run.end() - 1);
            var time = last < stretch.first()
                    ? Optional.<Instant>empty()
                    : lastCommit.in(
                            new WalSegment(stretch.timeline(), stretch.first()),
                            new WalSegment(stretch.timeline(), last));
            if (time.isPresent()) {
                return time.get();
            }
        }
        return run.base().endTime();
    }

    private static Interval interval(Run run, Instant to, long segmentBytes) {
        var from = run.base().endTime();
        return new Interval(
                run.base().backup(),
                from,
                to.isBefore(from) ? from : to,
                run.base().stopLsn().toString(),
                new WalSegment(run.timeline(), run.end()).start(segmentBytes).toString(),
                run.timeline());
    }

    /** What is missing from the end of a run up to where the next one on its way begins, or else to all that is archived. */
    private static Optional<Hole> hole(
            Run run, Instant to, Collection<List<Run>> all, Archived there, long segmentBytes) {
        var next = all.stream()
                .map(List::getFirst)
                .filter(other -> other.timeline() == run.timeline() && other.end() > run.end())
                .min(Comparator.comparing(other -> other.base().endTime()));
        var until = next.map(other -> other.path().getFirst().first()).orElse(there.lastOf(run.path()) + 1);
        var missing = there.missing(run.path(), run.end(), until);
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(new Hole(
                        interval(run, to, segmentBytes).to(),
                        next.map(other -> other.base().endTime()).orElse(null),
                        missing.stream()
                                .limit(MOST_NAMED)
                                .map(segment -> segment.name(segmentBytes))
                                .toList(),
                        missing.size()));
    }

    /**
     * Whether nothing that is archived is of a later moment, and what is written next follows on it. A backup that was taken
     * since does not stand in the way when WAL reaches on to it from an older one.
     */
    public boolean isAfterAll(Instant at) {
        return !intervals.isEmpty()
                && holes.stream().noneMatch(hole -> hole.to() == null)
                && intervals.stream().noneMatch(interval -> interval.to().isAfter(at));
    }

    /** Whether a moment can be reached; from the newest backup, on the newest timeline, that it can be reached on. */
    public Reach at(Instant at) {
        var from = reaches.stream()
                .filter(reach -> reach.holds(at))
                .max(Comparator.comparing(Interval::timeline).thenComparing(Interval::from));
        if (from.isPresent()) {
            return new Reach(at, true, from.get().backup(), from.get().timeline(), at, at);
        }
        var moments = intervals.stream()
                .flatMap(interval -> Stream.of(interval.from(), interval.to()))
                .toList();
        return new Reach(
                at,
                false,
                null,
                null,
                moments.stream()
                        .filter(moment -> moment.isBefore(at))
                        .max(Comparator.naturalOrder())
                        .orElse(null),
                moments.stream()
                        .filter(moment -> moment.isAfter(at))
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }
}
