package io.pgbosun.backup.wal;

import io.pgbosun.host.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How timelines descend from each other, as their history files tell.
 *
 * @param histories the ancestors of each timeline that has a history file, the oldest first
 */
public record Timelines(Map<Integer, List<Ancestor>> histories) {
    /**
     * A timeline that another one descends from.
     *
     * @param end where that one left it
     */
    public record Ancestor(int timeline, Lsn end) {}

    /**
     * The part of a timeline that recovery reads, in numbers of segments.
     *
     * @param last inclusive
     */
    public record Stretch(int timeline, long first, long last) {}

    /** From the texts of the history files, by timeline. */
    public static Timelines of(Map<Integer, String> historyFiles) {
        var histories = new TreeMap<Integer, List<Ancestor>>();
        historyFiles.forEach((timeline, text) -> histories.put(timeline, ancestors(text)));
        return new Timelines(histories);
    }

    /** Lines such as {@code 1	0/3000000	no recovery target specified}; anything after {@code #} is a comment. */
    private static List<Ancestor> ancestors(String text) {
        return text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip().split("\\s+", 3))
                .filter(fields -> fields.length >= 2)
                .map(fields -> new Ancestor(Integer.parseInt(fields[0]), Lsn.parse(fields[1])))
                .toList();
    }

    /** The newest timeline that descends from a point of this one: what recovery with the target {@code latest} follows. */
    public int newest(int timeline, Lsn at) {
        var newest = timeline;
        for (var history : histories.entrySet()) {
            var descends = history.getValue().stream()
                    .anyMatch(ancestor ->
                            ancestor.timeline() == timeline && ancestor.end().compareTo(at) >= 0);
            newest = descends ? Math.max(newest, history.getKey()) : newest;
        }
        return newest;
    }

    /** Whether a timeline is this one, or left it at or after a position. */
    public boolean descends(int descendant, int timeline, Lsn at) {
        return descendant == timeline
                || histories.getOrDefault(descendant, List.of()).stream()
                        .anyMatch(ancestor -> ancestor.timeline() == timeline
                                && ancestor.end().compareTo(at) >= 0);
    }

    /**
     * What recovery reads on its way from a segment of one timeline to the end of another. The segment in which a
     * timeline was left is read from the next one, which has begun with a copy of it.
     */
    public List<Stretch> path(int from, long firstSegment, int to, long segmentBytes) {
        var stretches = new ArrayList<Stretch>();
        var first = firstSegment;
        for (var ancestor : from == to ? List.<Ancestor>of() : histories.get(to)) {
            var end = WalSegment.numberOf(ancestor.end(), segmentBytes);
            if (ancestor.timeline() >= from && end > first) {
                stretches.add(new Stretch(ancestor.timeline(), first, end - 1));
                first = end;
            }
        }
        stretches.add(new Stretch(to, first, Long.MAX_VALUE));
        return stretches;
    }
}
