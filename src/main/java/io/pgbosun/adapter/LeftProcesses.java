package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Finds processes by the mark that a run gave them, and ends them. */
final class LeftProcesses {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private LeftProcesses() {}

    /** Ends those of older runs, with what they start while they end, and waits until they are gone. */
    static int end(UUID operation, long beforeEpoch) {
        int ended = 0;
        for (var left = left(operation, beforeEpoch); !left.isEmpty(); left = left(operation, beforeEpoch)) {
            left.forEach(ProcessHandle::destroy);
            if (!LocalProcess.force(left, GRACE)) {
                throw Problem.of(
                        ProblemType.TOO_SLOW,
                        "Processes of an earlier run do not end; see what they hang on.",
                        Map.of(
                                "processes",
                                left.stream().map(ProcessHandle::pid).toList()));
            }
            ended += left.size();
        }
        return ended;
    }

    private static List<ProcessHandle> left(UUID operation, long beforeEpoch) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> epoch(process, operation) < beforeEpoch)
                .toList();
    }

    /** The epoch of the run of the operation that the process is marked with; the greatest when it is not. */
    private static long epoch(ProcessHandle process, UUID operation) {
        var mark = LocalProcess.WORK + "=" + Work.tagPrefix(operation);
        return environment(process).stream()
                .filter(variable -> variable.startsWith(mark))
                .map(variable -> variable.substring(mark.length()))
                .filter(epoch -> epoch.matches("\\d{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static List<String> environment(ProcessHandle process) {
        try {
            var bytes = Files.readAllBytes(Path.of("/proc", String.valueOf(process.pid()), "environ"));
            return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0"));
        } catch (IOException e) {
            return List.of(); // it has ended, or is another user's and so none of ours
        }
    }
}
