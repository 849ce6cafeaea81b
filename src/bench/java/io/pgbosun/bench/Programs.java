package io.pgbosun.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs programs to their end, with the libraries that the launcher has found for them. */
final class Programs {
    private static final String BIN = System.getenv().getOrDefault("PGBOSUN_PG_BIN", "/usr/lib/postgresql/15/bin");
    /** Libraries of programs that the launcher has unpacked without installing them. */
    private static final String LIB = Stream.of("PGBOSUN_PG_LIB", "H2LOAD_LIB")
            .map(System.getenv()::get)
            .filter(lib -> lib != null && !lib.isBlank())
            .collect(Collectors.joining(":"));

    private Programs() {}

    /** A program of PostgreSQL. */
    static String postgres(String program) {
        return Path.of(BIN, program).toString();
    }

    static String h2load() {
        return System.getenv().getOrDefault("H2LOAD", "h2load");
    }

    /** What it printed; a failure when it did not end well. */
    static String run(List<String> command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            if (!LIB.isBlank()) {
                builder.environment().merge("LD_LIBRARY_PATH", LIB, (old, ours) -> old + ":" + ours);
            }
            var process = builder.redirectInput(Path.of("/dev/null").toFile()).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
