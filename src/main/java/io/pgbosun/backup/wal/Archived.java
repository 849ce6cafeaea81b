package io.pgbosun.backup.wal;

import io.pgbosun.backup.wal.Timelines.Stretch;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** The segments that are archived, whole or damaged. */
final class Archived {
    private final Map<Integer, NavigableSet<Long>> numbers = new TreeMap<>();
    private final Map<Integer, NavigableSet<Long>> all = new TreeMap<>();

    Archived(Collection<WalSegment> segments, Collection<WalSegment> damaged) {
        segments.forEach(segment -> add(numbers, segment));
        segments.forEach(segment -> add(all, segment));
        damaged.forEach(segment -> add(all, segment));
    }

    private static void add(Map<Integer, NavigableSet<Long>> to, WalSegment segment) {
        to.computeIfAbsent(segment.timeline(), timeline -> new TreeSet<>()).add(segment.number());
    }

    /** The first number on a path that is not there. */
    long endOf(List<Stretch> path) {
        for (var stretch : path) {
            var there = of(stretch.timeline());
            var number = stretch.first();
            while (number <= stretch.last() && there.contains(number)) {
                number++;
            }
            if (number <= stretch.last()) {
                return number;
            }
        }
        throw new IllegalStateException("a path has an end");
    }

    /** The last number on a path that is there, damaged or not; less than its first when none is. */
    long lastOf(List<Stretch> path) {
        for (var stretch : path.reversed()) {
            var last = all.getOrDefault(stretch.timeline(), new TreeSet<>()).floor(stretch.last());
            if (last != null && last >= stretch.first()) {
                return last;
            }
        }
        return path.getFirst().first() - 1;
    }

    /** What is not there on a path, from one number up to another one, exclusive. */
    List<WalSegment> missing(List<Stretch> path, long from, long until) {
        return path.stream()
                .flatMap(stretch -> LongStream.range(
                                Math.max(from, stretch.first()), Math.min(until, Math.min(stretch.last(), until) + 1))
                        .filter(number -> !of(stretch.timeline()).contains(number))
                        .mapToObj(number -> new WalSegment(stretch.timeline(), number)))
                .toList();
    }

    private NavigableSet<Long> of(int timeline) {
        return numbers.getOrDefault(timeline, new TreeSet<>());
    }
}
