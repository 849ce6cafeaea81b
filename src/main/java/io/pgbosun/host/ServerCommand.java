package io.pgbosun.host;

import java.nio.file.Path;

/** Commands in a server's settings, such as {@code archive_command}: the server fills in names, and a shell runs them. */
public final class ServerCommand {
    /** Succeeds and does nothing: an archive_command for a server that archives nowhere. */
    public static final String NOTHING = "/bin/true";

    private ServerCommand() {}

    /** For {@code restore_command}: copies files of the WAL from a directory. */
    public static String restoringFrom(Path directory) {
        return "cp " + quoted(directory) + "/%f \"%p\"";
    }

    /** A path as it is: the server takes {@code %} for its own, and the shell takes all between apostrophes as it is. */
    public static String quoted(Path path) {
        return "'" + path.toString().replace("%", "%%").replace("'", "'\\''") + "'";
    }
}
