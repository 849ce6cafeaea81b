package io.pgbosun.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** The files of this host. */
final class LocalFiles implements MachineFiles {
    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean isFile(Path path) {
        return Files.isRegularFile(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public boolean isLink(Path path) {
        return Files.isSymbolicLink(path);
    }

    @Override
    public boolean isExecutable(Path path) {
        return Files.isExecutable(path);
    }

    @Override
    public Path real(Path path) {
        return IoProblem.asking(path, "cannot be looked at", () -> {
            try {
                return path.toRealPath();
            } catch (NoSuchFileException absent) {
                return path;
            }
        });
    }

    @Override
    public Optional<String> read(Path file) {
        return reading(file, () -> Files.readString(file));
    }

    @Override
    public Optional<String> tail(Path file, int bytes) {
        return reading(file, () -> {
            try (var channel = Files.newByteChannel(file)) {
                channel.position(Math.max(0, channel.size() - bytes));
                return new String(Channels.newInputStream(channel).readNBytes(bytes), StandardCharsets.UTF_8);
            }
        });
    }

    private static Optional<String> reading(Path file, IoProblem.Body<String> read) {
        return IoProblem.asking(file, "cannot be read", () -> {
            try {
                return Optional.of(read.run());
            } catch (NoSuchFileException absent) {
                return Optional.empty();
            }
        });
    }

    @Override
    public InputStream open(Path file) {
        return IoProblem.asking(file, "cannot be read", () -> Files.newInputStream(file));
    }

    @Override
    public List<String> names(Path directory) {
        return IoProblem.asking(directory, "cannot be listed", () -> {
            try (var files = Files.list(directory)) {
                return files.map(file -> file.getFileName().toString()).toList();
            }
        });
    }

    @Override
    public void write(Path file, String text) {
        FileTree.write(file, text);
    }

    /** Renamed into its place, so that a server that just runs it goes on with the old one. */
    @Override
    public void writeScript(Path file, String text) {
        IoProblem.doing(file, "cannot be written", () -> {
            var aside = file.resolveSibling(file.getFileName() + ".new");
            FileTree.replace(aside, text);
            Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwx------"));
            FileTree.rename(aside, file);
        });
    }

    @Override
    public void make(Path directory) {
        FileTree.make(directory);
    }

    @Override
    public void rename(Path from, Path to) {
        IoProblem.doing(to, "cannot be put in place", () -> FileTree.rename(from, to));
    }

    @Override
    public void delete(Path file) {
        IoProblem.doing(file, "cannot be removed", () -> {
            if (Files.deleteIfExists(file)) {
                FileTree.syncOne(file.toAbsolutePath().getParent());
            }
        });
    }

    @Override
    public NewTree newTree(Path directory) {
        make(directory);
        return new LocalTree(directory);
    }

    private record LocalTree(Path root) implements NewTree {
        @Override
        public void directory(Path relative) {
            FileTree.make(root.resolve(relative));
        }

        @Override
        public void file(Path relative, long bytes, InputStream content) throws IOException {
            var file = root.resolve(relative);
            FileTree.make(file.getParent());
            try (var to = Files.newOutputStream(file)) {
                content.transferTo(to);
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }

        @Override
        public void finish() {
            // all of it is there
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @Override
    public void sync(Path directory) {
        IoProblem.doing(directory, "cannot be made durable", () -> FileTree.sync(directory));
    }

    @Override
    public void removeTree(Path path) {
        FileTree.removeTree(path);
    }
}
