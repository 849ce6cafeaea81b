package io.pgbosun.adapter;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** The processes of a host that is reached by SSH: of the user who logs in there. */
record SshProcesses(SshConnection connection, SshFiles files) implements MachineProcesses {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Pattern WORKS_IN = Pattern.compile("/proc/(\\d+) (.*)", Pattern.DOTALL);
    private static final Pattern MARKED =
            Pattern.compile("/proc/(\\d+)/environ:" + Program.WORK + "=(.*)", Pattern.DOTALL);

    @Override
    public boolean livesIn(long pid, Path directory) {
        return files.target(Path.of("/proc", String.valueOf(pid), "cwd"))
                .filter(files.real(directory)::equals)
                .isPresent();
    }

    @Override
    public List<Long> in(Path directory) {
        var real = files.real(directory).toString();
        return told("processes", WORKS_IN).entrySet().stream()
                .filter(process -> process.getValue().equals(real))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public boolean isZombie(long pid) {
        return files.read(Path.of("/proc", String.valueOf(pid), "stat"))
                .filter(MachineProcesses::tellsZombie)
                .isPresent();
    }

    @Override
    public Map<Long, String> marked(String beginning) {
        var marked = told("marks", MARKED);
        marked.values().removeIf(mark -> !mark.startsWith(beginning));
        return marked;
    }

    private Map<Long, String> told(String verb, Pattern pattern) {
        var answer = connection.ask("The processes of " + connection.name() + " cannot be seen", verb, List.of());
        var told = new HashMap<Long, String>();
        Arrays.stream(answer.split("\0"))
                .map(pattern::matcher)
                .filter(matcher -> matcher.matches())
                .forEach(matcher -> told.put(Long.valueOf(matcher.group(1)), matcher.group(2)));
        return told;
    }

    @Override
    public void end(Collection<Long> pids) {
        signal("TERM", pids);
    }

    private void signal(String signal, Collection<Long> pids) {
        var values = new ArrayList<>(List.of(signal));
        values.addAll(HostLauncher.list(pids.stream().map(String::valueOf).toList()));
        connection.ask("Processes on " + connection.name() + " cannot be ended", "kill", values);
    }

    @Override
    public boolean force(Collection<Long> pids, Duration grace) {
        if (left(pids, grace).isEmpty()) {
            return true;
        }
        signal("KILL", left(pids, Duration.ZERO));
        return left(pids, grace).isEmpty();
    }

    /** Those that are still there after a while at most. */
    private List<Long> left(Collection<Long> pids, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            var left = pids.stream()
                    .filter(pid -> files.exists(Path.of("/proc", String.valueOf(pid))))
                    .toList();
            if (left.isEmpty() || System.nanoTime() >= deadline) {
                return left;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
