package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Directories made, made durable and removed; links in them are never followed. */
final class FileTree {
    static final FileAttribute<?> ONLY_OURS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final FileAttribute<?> ONLY_OURS_TO_ENTER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    /** {@code /srv/data/orders} has three. */
    private static final int LEAST_COMPONENTS = 3;

    private FileTree() {}

    /** Makes the directory and those above it that are absent, with mode 0700. */
    static void make(Path directory) {
        IoProblem.doing(directory, "cannot be made", () -> Files.createDirectories(directory, ONLY_OURS_TO_ENTER));
    }

    /** Removes a directory and all in it; nothing happens when it is absent. */
    static void remove(Path directory) {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        checkRemovable(directory);
        IoProblem.doing(directory, "cannot be removed", () -> Files.walkFileTree(directory, new Remover()));
    }

    /** Refuses what cannot be meant: a path near the root, a relative one, a link, or one that climbs. */
    static void checkRemovable(Path directory) {
        if (!directory.isAbsolute() || !directory.equals(directory.normalize())) {
            throw refused(directory, "it is not an absolute path without '..'");
        }
        if (directory.getNameCount() < LEAST_COMPONENTS) {
            throw refused(directory, "it is too near the root of the file system");
        }
        if (Files.isSymbolicLink(directory)) {
            throw refused(directory, "it is a symbolic link");
        }
        var real = IoProblem.asking(directory, "cannot be looked at", () -> {
            try {
                return directory.toRealPath();
            } catch (NoSuchFileException absent) {
                return directory;
            }
        });
        if (real.getNameCount() < LEAST_COMPONENTS) {
            throw refused(directory, "links lead from it to " + real + ", too near the root of the file system");
        }
    }

    private static Problem refused(Path directory, String reason) {
        return Problem.notPossible("'" + directory + "' is not removed: " + reason + ".");
    }

    /** Replaces the file at once and durably; mode 0600. */
    static void write(Path file, String text) {
        IoProblem.doing(file, "cannot be written", () -> replace(file, text));
    }

    static void replace(Path file, String text) throws IOException {
        var aside = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(aside);
        Files.createFile(aside, ONLY_OURS);
        Files.writeString(aside, text, StandardCharsets.UTF_8);
        syncOne(aside);
        rename(aside, file);
    }

    /** Renames and makes the new name durable. */
    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        syncOne(to.toAbsolutePath().getParent());
    }

    /** The files below a directory, ordered by path, or the file itself; links are taken for files. */
    static List<Path> files(Path path) {
        return IoProblem.asking(path, "cannot be read", () -> {
            try (var tree = Files.walk(path)) {
                return tree.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                        .sorted()
                        .toList();
            }
        });
    }

    /** Makes every file and directory below it durable, and itself. */
    static void sync(Path directory) throws IOException {
        try (var tree = Files.walk(directory)) {
            for (var path : (Iterable<Path>) tree::iterator) {
                if (!Files.isSymbolicLink(path)) {
                    syncOne(path);
                }
            }
        }
    }

    static void syncOne(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes what it meets, directories after what is in them. */
    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }

        /** A server that is just ending removes files of its own. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }
}
