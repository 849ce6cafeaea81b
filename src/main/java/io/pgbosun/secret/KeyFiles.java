package io.pgbosun.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Files that hold keys: mode 0600, durable, there whole or not at all. */
final class KeyFiles {
    private KeyFiles() {}

    /** Of two services that start at once both use the first one's. */
    static void create(Path file, List<String> lines) {
        try {
            var aside = aside(file, lines);
            try {
                Files.createLink(file, aside);
            } catch (FileAlreadyExistsException another) {
                return; // another service was first: its keys count
            } finally {
                Files.delete(aside);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the key file " + file + " cannot be made", e);
        }
    }

    static void replace(Path file, List<String> lines) {
        try {
            Files.move(aside(file, lines), file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the key file " + file + " cannot be written", e);
        }
    }

    private static Path aside(Path file, List<String> lines) throws IOException {
        var aside = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                ".keys",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(aside, lines);
        try (var channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return aside;
    }
}
