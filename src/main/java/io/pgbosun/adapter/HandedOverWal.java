package io.pgbosun.adapter;

import io.pgbosun.host.WalHandover;
import io.pgbosun.problem.Problem;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * WAL as PostgreSQL marks it in {@code pg_wal/archive_status}, with answers in {@code <data directory>.wal-answers}, where
 * {@code hand-over-wal.sh} looks for them.
 */
record HandedOverWal(MachineFiles files, Path wal, Path file) implements WalHandover {
    private static final String READY = ".ready";
    private static final String HISTORY = ".history";

    static HandedOverWal of(MachineFiles files, Path dataDirectory) {
        return new HandedOverWal(
                files, dataDirectory.resolve("pg_wal"), ServerPrograms.aside(dataDirectory, "wal-answers"));
    }

    /** Histories first, as the archiver takes them: whoever recovers must know of a timeline before its segments are there. */
    @Override
    public List<String> ready() {
        var marks = wal.resolve("archive_status");
        if (!files.isDirectory(marks)) {
            return List.of();
        }
        return files.names(marks).stream()
                .filter(mark -> mark.endsWith(READY))
                .map(mark -> mark.substring(0, mark.length() - READY.length()))
                .sorted(Comparator.comparing((String name) -> !name.endsWith(HISTORY))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** A standby may make a new segment of an old one meanwhile: what has its name still when it was read was none. */
    @Override
    public InputStream open(String name) {
        var segment = wal.resolve(name);
        return new EndCheckedStream(files.open(segment)) {
            @Override
            void look() {
                if (!files.exists(segment)) {
                    throw Problem.notPossible(segment + " went while it was read.");
                }
            }
        };
    }

    @Override
    public Map<String, String> answers() {
        return files.read(file).stream()
                .flatMap(String::lines)
                .map(line -> line.split(" ", 2))
                .filter(line -> line.length == 2)
                .collect(Collectors.toMap(line -> line[0], line -> line[1], (one, other) -> other));
    }

    @Override
    public void answer(Map<String, String> answers) {
        var lines = new StringBuilder();
        new TreeMap<>(answers)
                .forEach((name, answer) -> lines.append(name)
                        .append(' ')
                        .append(answer.replaceAll("\\R", " "))
                        .append('\n'));
        files.write(file, lines.toString());
    }

    void forget() {
        files.delete(file);
    }
}
