package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * How pgBackRest is called for one stanza: arguments in a list, and a configuration file of ours.
 *
 * @param folder where configuration files, locks and what is under way are
 * @param repository the name of the repository
 * @param path {@code repo1-path}
 */
record BackRestCommand(Path folder, String repository, Path path, String stanza) {
    /** Below the directory of a repository. */
    static final String FOLDER = "pgbackrest";

    private static final ReentrantLock WRITING = new ReentrantLock();
    private static final int CHECKSUM = 26;
    private static final int LOCK = 50;

    /** One run of the program. */
    static Program process(Path program, List<String> arguments) {
        var bin = new PostgresBin(program.toAbsolutePath().getParent(), libraries());
        return new LocalProcess(bin, program.getFileName().toString(), arguments);
    }

    private static Path libraries() {
        var libraries = System.getenv("PGBOSUN_PG_LIB");
        return libraries == null || libraries.isBlank() ? null : Path.of(libraries);
    }

    static Path program() {
        return LocalPgBackRests.program()
                .orElseThrow(() -> Problem.notPossible("pgBackRest is not on this host; install the package pgbackrest,"
                        + " or set PGBOSUN_PGBACKREST to the program."));
    }

    private Path file() {
        return folder.resolve(repository).resolve(stanza + ".conf");
    }

    /** The configuration file, as it must be. */
    private Path configuration() {
        var file = file();
        var text = """
                # written by pgbosun: changes are lost
                [global]
                repo1-path=%s
                repo1-bundle=y
                repo1-retention-full=9999999
                expire-auto=n
                start-fast=y
                compress-type=zst
                lock-path=%s
                spool-path=%s
                log-level-file=off
                log-level-console=warn
                log-level-stderr=off
                """.formatted(path, folder.resolve("lock"), folder.resolve("spool"));
        WRITING.lock();
        try {
            if (!says(file, text)) {
                FileTree.make(file.getParent());
                FileTree.make(folder.resolve("lock"));
                FileTree.make(folder.resolve("spool"));
                FileTree.write(file, text);
            }
        } finally {
            WRITING.unlock();
        }
        return file;
    }

    private static boolean says(Path file, String text) {
        return IoProblem.asking(file, "cannot be read", () -> {
            try {
                return Files.readString(file).equals(text);
            } catch (NoSuchFileException absent) {
                return false;
            }
        });
    }

    /** A command with its options; errors and warnings are on standard error. */
    Program of(String command, List<String> options) {
        var arguments = new ArrayList<String>();
        arguments.add("--config=" + configuration());
        arguments.add("--stanza=" + stanza);
        arguments.add("--log-level-stderr=warn");
        arguments.add("--log-timestamp=n");
        arguments.addAll(options);
        arguments.add(command);
        return process(program(), arguments);
    }

    /** A command that speaks to a server as well. */
    Program at(Endpoint server, Path dataDirectory, String command, List<String> options) {
        var all = new ArrayList<>(options);
        all.add("--pg1-path=" + dataDirectory);
        all.add("--pg1-port=" + server.port());
        all.add("--pg1-user=" + server.username());
        return of(command, all).loggingInAt(server).with("PGHOST", server.address());
    }

    /** As a server runs it, in its data directory; {@code %f} and {@code %p} are for the server to fill in. */
    String forServer(String command) {
        return ServerCommand.quoted(program()) + options(configuration(), command);
    }

    /** Whether a server was given this, be it with a pgBackRest that is no more. */
    boolean isForServer(String text, String command) {
        return text.matches("'[^']+/pgbackrest'" + Pattern.quote(options(file(), command)));
    }

    private String options(Path configuration, String command) {
        return " --config=" + ServerCommand.quoted(configuration) + " --stanza=" + ServerCommand.quoted(Path.of(stanza))
                + " --pg1-path=\"$PWD\" " + command;
    }

    /** What came of it, or what is wrong in words of ours. */
    ProgramOutcome ended(ProgramOutcome outcome) {
        return switch (outcome.exitCode()) {
            case 0 -> outcome;
            case LOCK ->
                throw Problem.of(
                        ProblemType.BUSY,
                        "Another pgBackRest is at work on stanza '" + stanza + "'; try again when it has ended.",
                        outcome.facts());
            case CHECKSUM ->
                throw Problem.of(
                        ProblemType.DAMAGED,
                        "pgBackRest found damage in stanza '%s': %s".formatted(stanza, said(outcome)),
                        outcome.facts());
            default -> outcome.orThrow();
        };
    }

    private static String said(ProgramOutcome outcome) {
        return outcome.errors().strip();
    }
}
