package io.pgbosun.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The script of ours that a server archives its WAL with, beside its data directory as its log is. On the service's own machine it
 * stores the WAL itself; elsewhere it hands it over.
 */
record ArchiveScript(MachineFiles files, Path path, String text) {
    private static final String STORES = text("archive-wal.sh");
    private static final String HANDS_OVER = text("hand-over-wal.sh");

    static ArchiveScript of(Machine machine, Path dataDirectory) {
        return new ArchiveScript(
                machine.files(),
                ServerPrograms.aside(dataDirectory, "archive-wal"),
                machine.isOurs() ? STORES : HANDS_OVER);
    }

    private static String text(String name) {
        try (var resource = ArchiveScript.class.getResourceAsStream(name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " is not in the program", e);
        }
    }

    boolean isThere() {
        return files.read(path).filter(text::equals).isPresent() && files.isExecutable(path);
    }

    void write() {
        files.writeScript(path, text);
    }

    void remove() {
        files.delete(path.resolveSibling(path.getFileName() + ".new"));
        files.delete(path);
    }
}
