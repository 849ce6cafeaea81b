package io.pgbosun.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Files that hold keys: mode 0600, durable, there whole or not at all. */
final class KeyFiles {
    private static final FileAttribute<Set<PosixFilePermission>> ONLY_OURS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

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

    /** Does what no other service does at the same time: of two that add a key, none is lost. */
    static synchronized <T> T alone(Path file, Supplier<T> work) {
        try (var channel = FileChannel.open(
                        file.resolveSibling(file.getFileName() + ".lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        ONLY_OURS);
                var lock = channel.lock()) {
            return work.get();
        } catch (IOException e) {
            throw new UncheckedIOException("the key file " + file + " cannot be locked", e);
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
        var aside = Files.createTempFile(file.toAbsolutePath().getParent(), ".keys", "", ONLY_OURS);
        Files.write(aside, lines);
        try (var channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return aside;
    }
}
