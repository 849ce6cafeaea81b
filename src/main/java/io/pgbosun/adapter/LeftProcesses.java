package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Finds processes by the mark that a run gave them, and ends them. */
record LeftProcesses(MachineProcesses processes) {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Ends those of older runs, with what they start while they end, and waits until they are gone. */
    int end(UUID operation, long beforeEpoch) {
        int ended = 0;
        for (var left = left(operation, beforeEpoch); !left.isEmpty(); left = left(operation, beforeEpoch)) {
            processes.end(left);
            if (!processes.force(left, GRACE)) {
                throw Problem.of(
                        ProblemType.TOO_SLOW,
                        "Processes of an earlier run do not end; see what they hang on.",
                        Map.of("processes", left));
            }
            ended += left.size();
        }
        return ended;
    }

    private Set<Long> left(UUID operation, long beforeEpoch) {
        var prefix = Work.tagPrefix(operation);
        return processes.marked(prefix).entrySet().stream()
                .filter(marked -> epoch(marked.getValue().substring(prefix.length())) < beforeEpoch)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The greatest when it is none. */
    private static long epoch(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }
}
