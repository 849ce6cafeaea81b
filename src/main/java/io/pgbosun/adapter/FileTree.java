package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Directories made, made durable and removed; links in them are never followed. */
final class FileTree {
    static final FileAttribute<?> ONLY_OURS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final MachineFiles HERE = new LocalFiles();
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
        remove(HERE, directory);
    }

    static void remove(MachineFiles files, Path directory) {
        if (files.exists(directory)) {
            checkRemovable(files, directory);
            files.removeTree(directory);
        }
    }

    static void removeTree(Path directory) {
        IoProblem.doing(directory, "cannot be removed", () -> Files.walkFileTree(directory, new Remover()));
    }

    static void checkRemovable(Path directory) {
        checkRemovable(HERE, directory);
    }

    /** Refuses what cannot be meant: a path near the root, a relative one, a link, or one that climbs. */
    static void checkRemovable(MachineFiles files, Path directory) {
        if (!directory.isAbsolute() || !directory.equals(directory.normalize())) {
            throw refused(directory, "it is not an absolute path without '..'");
        }
        if (directory.getNameCount() < LEAST_COMPONENTS) {
            throw refused(directory, "it is too near the root of the file system");
        }
        if (files.isLink(directory)) {
            throw refused(directory, "it is a symbolic link");
        }
        var real = files.real(directory);
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

    /**
     * The files below a directory, ordered by path, or the file itself; links are taken for files. What goes while it is looked at,
     * such as files that a program writes aside and renames, is not among them.
     */
    static List<Path> files(Path path) {
        return IoProblem.asking(path, "cannot be read", () -> {
            var files = new ArrayList<Path>();
            Files.walkFileTree(path, new Visitor() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (file.equals(path)) {
                        throw failure;
                    }
                    return super.visitFileFailed(file, failure);
                }
            });
            Collections.sort(files);
            return List.copyOf(files);
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

    /** Others may remove what is there meanwhile. */
    private static class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(directory, failure);
        }
    }

    /** Deletes what it meets, directories after what is in them; a server that is just ending removes files of its own. */
    private static final class Remover extends Visitor {
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
    }
}
