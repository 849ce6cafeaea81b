package io.pgbosun.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What can be seen of what ran on this host: files, logs and processes. Looking changes nothing. */
public interface Traces {
    /** What is in a directory, at most 10,000 of it; nothing when it is absent, or another user's. */
    List<Path> entries(Path directory);

    /** The file that this service writes its log to; empty when that is no file. */
    Optional<Path> serviceLog();

    /** The log of the server of a data directory. */
    Path serverLog(Path dataDirectory);

    /** The lines at the end of a file, at most so many bytes of them; none when it is absent. */
    void lines(Path file, long lastBytes, Consumer<String> line);

    /** The processes that the service's user may look into. */
    List<ProcessTrace> processes();

    /**
     * One process.
     *
     * @param command with its arguments
     * @param environment as it was when it was started
     */
    record ProcessTrace(long pid, String command, List<String> environment) {
        private static final String WORK = "PGBOSUN_WORK=";

        /** The mark of the run that started it, such as {@code pgbosun:<operation>:<epoch>}. */
        public Optional<String> work() {
            return environment.stream()
                    .filter(variable -> variable.startsWith(WORK))
                    .map(variable -> variable.substring(WORK.length()))
                    .findFirst();
        }

        /** An environment may hold passwords. */
        @Override
        public String toString() {
            return "process " + pid;
        }
    }
}
