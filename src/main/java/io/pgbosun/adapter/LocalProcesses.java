package io.pgbosun.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The processes of this host. */
final class LocalProcesses implements MachineProcesses {
    private static final String MARK = Program.WORK + "=";

    @Override
    public boolean livesIn(long pid, Path directory) {
        if (!Files.exists(Path.of("/proc/self"))) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(pid), "cwd"))
                    .equals(directory.toRealPath());
        } catch (IOException gone) {
            return false; // it has ended, is a zombie, or is another user's and so none that we started
        }
    }

    @Override
    public List<Long> in(Path directory) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> livesIn(pid, directory))
                .toList();
    }

    @Override
    public boolean isZombie(long pid) {
        try {
            return MachineProcesses.tellsZombie(Files.readString(Path.of("/proc", String.valueOf(pid), "stat")));
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public Map<Long, String> marked(String beginning) {
        var marked = new HashMap<Long, String>();
        ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != ProcessHandle.current().pid())
                .forEach(pid ->
                        mark(pid).filter(mark -> mark.startsWith(beginning)).ifPresent(mark -> marked.put(pid, mark)));
        return marked;
    }

    private static Optional<String> mark(long pid) {
        try {
            var bytes = Files.readAllBytes(Path.of("/proc", String.valueOf(pid), "environ"));
            return Arrays.stream(new String(bytes, StandardCharsets.UTF_8).split("\0"))
                    .filter(variable -> variable.startsWith(MARK))
                    .map(variable -> variable.substring(MARK.length()))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // it has ended, or is another user's and so none of ours
        }
    }

    @Override
    public void end(Collection<Long> pids) {
        handles(pids).forEach(ProcessHandle::destroy);
    }

    @Override
    public boolean force(Collection<Long> pids, Duration grace) {
        return force(handles(pids).toList(), grace);
    }

    private static Stream<ProcessHandle> handles(Collection<Long> pids) {
        return pids.stream().flatMap(pid -> ProcessHandle.of(pid).stream());
    }

    static boolean force(List<ProcessHandle> processes, Duration grace) {
        if (gone(processes, grace)) {
            return true;
        }
        processes.forEach(ProcessHandle::destroyForcibly);
        return gone(processes, grace);
    }

    private static boolean gone(List<ProcessHandle> processes, Duration wait) {
        var ends = processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a process cannot be waited for", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
