package io.pgbosun.adapter;

import io.pgbosun.host.Traces;
import jakarta.inject.Singleton;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks at the file system and at {@code /proc}; where there is none, no process is seen. */
@Singleton
public final class LocalTraces implements Traces {
    private static final int MOST = 10_000;
    private static final Path PROC = Path.of("/proc");

    @Override
    public List<Path> entries(Path directory) {
        return IoProblem.asking(directory, "cannot be listed", () -> {
            try (var entries = Files.list(directory)) {
                return entries.limit(MOST).sorted().toList();
            } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException notOurs) {
                return List.of();
            }
        });
    }

    @Override
    public Optional<Path> serviceLog() {
        try {
            return Optional.of(PROC.resolve("self/fd/1").toRealPath()).filter(Files::isRegularFile);
        } catch (IOException e) {
            return Optional.empty(); // a pipe, or a host without /proc
        }
    }

    @Override
    public Path serverLog(Path dataDirectory) {
        return DataDirectory.log(dataDirectory);
    }

    @Override
    public void lines(Path file, long lastBytes, Consumer<String> line) {
        IoProblem.doing(file, "cannot be read", () -> {
            try (var channel = Files.newByteChannel(file)) {
                channel.position(Math.max(0, channel.size() - lastBytes));
                var reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
                reader.lines().forEach(line);
            } catch (NoSuchFileException absent) {
                // no line to tell
            }
        });
    }

    @Override
    public List<ProcessTrace> processes() {
        return ProcessHandle.allProcesses()
                .flatMap(process -> trace(process.pid()).stream())
                .toList();
    }

    private static Optional<ProcessTrace> trace(long pid) {
        var directory = PROC.resolve(String.valueOf(pid));
        try {
            var environment = List.of(read(directory.resolve("environ")).split("\0"));
            var command = read(directory.resolve("cmdline")).replace('\0', ' ').strip();
            return Optional.of(new ProcessTrace(pid, command, environment));
        } catch (IOException e) {
            return Optional.empty(); // it has ended, or is another user's
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
