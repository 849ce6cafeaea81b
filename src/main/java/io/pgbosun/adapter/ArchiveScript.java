package io.pgbosun.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The script of ours that a server archives its WAL with, beside its data directory as its log is. */
record ArchiveScript(MachineFiles files, Path path) {
    private static final String TEXT = text();

    static ArchiveScript of(MachineFiles files, Path dataDirectory) {
        return new ArchiveScript(files, dataDirectory.resolveSibling(dataDirectory.getFileName() + ".archive-wal"));
    }

    private static String text() {
        try (var resource = ArchiveScript.class.getResourceAsStream("archive-wal.sh")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("archive-wal.sh is not in the program", e);
        }
    }

    boolean isThere() {
        return files.read(path).filter(TEXT::equals).isPresent() && files.isExecutable(path);
    }

    void write() {
        files.writeScript(path, TEXT);
    }

    void remove() {
        files.delete(path.resolveSibling(path.getFileName() + ".new"));
        files.delete(path);
    }
}
