package io.pgbosun.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processes that work in a folder or were started for what is in it: servers, and the programs they have started. */
public final class Inhabitants {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Inhabitants() {}

    static Set<ProcessHandle> of(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> isOf(folder, process))
                .collect(Collectors.toSet());
    }

    /** SIGKILL of all of them, and of what they start meanwhile; answers whom it has killed. */
    public static Set<ProcessHandle> kill(Path folder) {
        var killed = new HashSet<ProcessHandle>();
        Soon.until(LIMIT, "all of " + folder + " is killed", () -> {
            var living = of(folder);
            living.forEach(ProcessHandle::destroyForcibly);
            killed.addAll(living);
            return living.isEmpty();
        });
        return killed;
    }

    private static boolean isOf(Path folder, ProcessHandle process) {
        var about = Path.of("/proc", String.valueOf(process.pid()));
        try {
            return Files.readSymbolicLink(about.resolve("cwd")).startsWith(folder)
                    || Stream.of(Files.readString(about.resolve("cmdline")).split("\0"))
                            .anyMatch(argument -> argument.contains(folder + "/"));
        } catch (IOException goneOrOfOthers) {
            return false;
        }
    }
}
