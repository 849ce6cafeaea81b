package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** What a failure of the file system means to a caller. */
final class IoProblem {
    /** Something done to files. */
    interface Body<T> {
        T run() throws IOException;
    }

    /** Something done to files that gives nothing back. */
    interface Act {
        void run() throws IOException;
    }

    private IoProblem() {}

    /**
     * Does it; a failure is a problem naming the path.
     *
     * @param what is done, such as {@code cannot be written}
     */
    static <T> T asking(Path path, String what, Body<T> body) {
        try {
            return body.run();
        } catch (IOException e) {
            throw of(path, what, e);
        }
    }

    static void doing(Path path, String what, Act act) {
        asking(path, what, () -> {
            act.run();
            return null;
        });
    }

    /** Of something that was read from a stored file and written to another one: the file system's trouble, or damage. */
    static Problem damageOr(String stored, Path written, IOException e) {
        var problem = of(written, "cannot be written", e);
        return e instanceof FileSystemException || problem.type() == ProblemType.DISK_FULL
                ? problem
                : CheckedStream.damaged(stored, reason(e));
    }

    static Problem of(Path path, String what, IOException e) {
        var reason = reason(e);
        return of(path + " " + what, reason, Map.of("path", path.toString(), "reason", reason), e);
    }

    /** Of something that another machine could not do. */
    static Problem of(String what, String said) {
        var reason = said.strip();
        return of(what, reason, Map.of("reason", reason), null);
    }

    private static Problem of(String what, String reason, Map<String, ?> facts, IOException cause) {
        var full = reason.contains("No space left") || reason.contains("Disk quota exceeded");
        var type = full ? ProblemType.DISK_FULL : ProblemType.PROGRAM_FAILED;
        return Problem.of(type, what + ": " + reason + (full ? "; free some space first." : "."), facts, cause);
    }

    /** The JDK's own exceptions tell the path alone. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied for " + denied.getFile();
            case NoSuchFileException missing -> "there is no " + missing.getFile();
            case FileAlreadyExistsException there -> there.getFile() + " is there already";
            case FileSystemException failure
            when failure.getReason() != null -> failure.getReason() + " (" + failure.getFile() + ")";
            default -> Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        };
    }
}
