package io.pgbosun.law;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Counts the trials of each scenario, and keeps what broke a law. */
final class Tally {
    private final Map<String, int[]> counts = new LinkedHashMap<>();
    private final List<String> columns = List.of("crashes resumed", "failures undone", "cancels");
    private final Map<String, List<String>> broken = new LinkedHashMap<>();
    private final Map<String, Integer> moments = new TreeMap<>();

    /** Counts a trial; {@code wrong} says what broke the law, if anything did. */
    void count(String column, String scenario, Object shots, Optional<String> wrong) {
        counts.computeIfAbsent(scenario, name -> new int[columns.size()])[columns.indexOf(column)]++;
        wrong.ifPresent(what -> broken.computeIfAbsent(scenario + ": " + what, key -> new ArrayList<>())
                .add(shots.toString()));
    }

    /** How many trials were made. */
    int trials() {
        return counts.values().stream().flatMapToInt(IntStream::of).sum();
    }

    /** How many trials broke a law. */
    int failures() {
        return broken.values().stream().mapToInt(List::size).sum();
    }

    /** Counts where within a step a crash came. */
    void crashed(String moment) {
        moments.merge(moment, 1, Integer::sum);
    }

    Map<String, Integer> moments() {
        return moments;
    }

    void add(Tally other) {
        other.counts.forEach((scenario, count) -> {
            var sum = counts.computeIfAbsent(scenario, name -> new int[columns.size()]);
            for (var i = 0; i < sum.length; i++) {
                sum[i] += count[i];
            }
        });
    }

    /** What broke a law, each with where it came first. */
    String broken() {
        var text = new StringBuilder();
        broken.forEach((what, shots) ->
                text.append("%n%s%n    %d times, first: %s%n".formatted(what, shots.size(), shots.getFirst())));
        return text.toString();
    }

    /** A line a scenario. */
    String table() {
        var text = new StringBuilder(
                "%n%-72s%18s%18s%18s%n".formatted("scenario", columns.get(0), columns.get(1), columns.get(2)));
        var sum = new int[columns.size()];
        counts.forEach((scenario, count) -> {
            text.append("%-72s%18d%18d%18d%n".formatted(scenario, count[0], count[1], count[2]));
            for (var i = 0; i < sum.length; i++) {
                sum[i] += count[i];
            }
        });
        return text.append("%-72s%18d%18d%18d%n".formatted("in all", sum[0], sum[1], sum[2]))
                .toString();
    }
}
