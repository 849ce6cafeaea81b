package io.pgbosun.adapter;

import io.pgbosun.host.PoolerFiles;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.regex.Pattern;

/** Configuration files of poolers, on the machine that the service runs on. */
@Singleton
public final class LocalPoolerFiles implements PoolerFiles {
    /** PgBouncer runs as another user, and there is no secret in it. */
    private static final FileAttribute<?> FOR_ALL_TO_READ =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private static final Pattern INCLUDE = Pattern.compile("^\\s*%include\\s+(\\S.*?)\\s*$");

    @Override
    public Optional<String> read(Path file) {
        return IoProblem.asking(file, "cannot be read", () -> {
            try {
                return Optional.of(Files.readString(file));
            } catch (NoSuchFileException absent) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void write(Path file, Optional<String> content) {
        IoProblem.doing(file, "cannot be written", () -> {
            if (content.isEmpty()) {
                Files.deleteIfExists(file);
                FileTree.syncOne(file.getParent());
            } else {
                replace(file, content.get());
            }
        });
    }

    private static void replace(Path file, String content) throws IOException {
        var aside = aside(file);
        Files.writeString(aside, content, StandardCharsets.UTF_8);
        FileTree.syncOne(aside);
        FileTree.rename(aside, file);
    }

    private static Path aside(Path file) throws IOException {
        var aside = file.resolveSibling(file.getFileName() + ".pgbosun");
        Files.deleteIfExists(aside);
        Files.createFile(aside, FOR_ALL_TO_READ);
        // whatever the umask
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-r--r--"));
        return aside;
    }

    @Override
    public void requireIncluded(Path file, Path by) {
        if (!by.isAbsolute()) {
            throw Problem.notPossible("PgBouncer was started with the relative path '" + by
                    + "' of its configuration; start it with an absolute one, so that it is known which file that is.");
        }
        var lines = IoProblem.asking(by, "cannot be read", () -> Files.readAllLines(by));
        if (lines.stream().noneMatch(line -> includes(line, by, file))) {
            throw Problem.notPossible(
                    by + " does not take in " + file + "; add the line '%include " + file + "' to it.");
        }
        if (Files.exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw Problem.notPossible(file + " is not a regular file.");
        }
        IoProblem.doing(file, "cannot be written", () -> Files.delete(aside(file)));
    }

    private static boolean includes(String line, Path by, Path file) {
        var include = INCLUDE.matcher(line);
        return include.matches()
                && by.resolveSibling(include.group(1)).normalize().equals(file);
    }
}
