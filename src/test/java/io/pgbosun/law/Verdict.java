package io.pgbosun.law;

import io.pgbosun.operation.CancelEffect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Judges how trials of one scenario ended.
 *
 * @param before the world before
 * @param reference how it ends when nothing goes wrong
 */
record Verdict(String kind, CancelEffect cancel, List<String> before, Trial.End reference) {
    private static final List<String> DRILLS = List.of("row of drill:", "row of failover_drill:");

    /** Empty when it ended as if nothing had gone wrong; else what is different. */
    Optional<String> notDone(Trial.End end) {
        if (!end.outcome().equals(reference.outcome())) {
            return Optional.of("ended with %s instead of %s".formatted(end.outcome(), reference.outcome()));
        }
        return difference(reference.world(), end.world());
    }

    /** Empty when it ended with a problem and the old world; else what is different. */
    Optional<String> notUndone(Trial.End end) {
        if (end.succeeded()) {
            return Optional.of("succeeded");
        }
        if (end.outcome().startsWith("no end")) {
            return Optional.of(end.outcome());
        }
        return cancel == CancelEffect.LEAVES_ARTIFACTS ? notBetween(end) : difference(kept(before), kept(end.world()));
    }

    /** The record of a drill stays, whatever comes after it. */
    private List<String> kept(List<String> world) {
        return kind.endsWith("drill")
                ? world.stream()
                        .filter(line -> DRILLS.stream().noneMatch(line::startsWith))
                        .toList()
                : world;
    }

    /** What was finished may stay: every line is of the old world or of the new one. */
    private Optional<String> notBetween(Trial.End end) {
        var known = new HashSet<>(before);
        known.addAll(reference.world());
        var always = new HashSet<>(before);
        always.retainAll(reference.world());
        var extra = end.world().stream().filter(line -> !known.contains(line)).toList();
        var missing =
                always.stream().filter(line -> !end.world().contains(line)).toList();
        return said(missing, extra);
    }

    static Optional<String> difference(List<String> wanted, List<String> found) {
        var missing = new ArrayList<>(wanted);
        found.forEach(missing::remove);
        var extra = new ArrayList<>(found);
        wanted.forEach(extra::remove);
        return said(missing, extra);
    }

    private static Optional<String> said(List<String> missing, List<String> extra) {
        return missing.isEmpty() && extra.isEmpty()
                ? Optional.empty()
                : Optional.of("missing %s, left over %s".formatted(missing, extra));
    }
}
