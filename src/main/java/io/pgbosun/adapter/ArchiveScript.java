package io.pgbosun.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The script of ours that a server archives its WAL with, beside its data directory as its log is. */
record ArchiveScript(Path path) {
    private static final String TEXT = text();

    static ArchiveScript of(Path dataDirectory) {
        return new ArchiveScript(dataDirectory.resolveSibling(dataDirectory.getFileName() + ".archive-wal"));
    }

    private static String text() {
        try (var resource = ArchiveScript.class.getResourceAsStream("archive-wal.sh")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("archive-wal.sh is not in the program", e);
        }
    }

    boolean isThere() {
        return IoProblem.asking(path, "cannot be read", () -> {
            try {
                return Files.readString(path).equals(TEXT) && Files.isExecutable(path);
            } catch (NoSuchFileException absent) {
                return false;
            }
        });
    }

    /** Renamed into its place, so that a server that just runs it goes on with the old one. */
    void write() {
        IoProblem.doing(path, "cannot be written", () -> {
            var aside = path.resolveSibling(path.getFileName() + ".new");
            FileTree.replace(aside, TEXT);
            Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwx------"));
            FileTree.rename(aside, path);
        });
    }

    void remove() {
        IoProblem.doing(path, "cannot be removed", () -> {
            Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".new"));
            Files.deleteIfExists(path);
        });
    }
}
