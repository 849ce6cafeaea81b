package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Where the programs of PostgreSQL are on this host.
 *
 * @param directory the versioned directory itself: {@code /usr/bin/pg_dump} may be a wrapper that chooses on its own
 * @param libraries where their shared libraries are, or null where the system knows
 */
public record PostgresBin(Path directory, Path libraries) {
    private static final Logger LOG = Logger.getLogger(PostgresBin.class);
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    /** {@code PGBOSUN_PG_BIN}, else the newest version under /usr/lib/postgresql, else what {@code pg_config} says. */
    public static PostgresBin find(Map<String, String> environment) {
        var libraries = Optional.ofNullable(environment.get("PGBOSUN_PG_LIB")).map(Path::of);
        var directory = Optional.ofNullable(environment.get("PGBOSUN_PG_BIN"))
                .map(Path::of)
                .or(PostgresBin::newest)
                .or(PostgresBin::configured)
                .orElseThrow(() -> Problem.notPossible(
                        "No programs of PostgreSQL are on this host; install the server package (postgresql-15 on Debian)"
                                + " or set PGBOSUN_PG_BIN to their directory."));
        if (!Files.isExecutable(directory.resolve("pg_ctl"))) {
            throw Problem.notPossible("There is no pg_ctl in " + directory
                    + "; install the server package of PostgreSQL or set PGBOSUN_PG_BIN to its directory of programs.");
        }
        return new PostgresBin(directory, libraries.orElse(null));
    }

    Path program(String name) {
        return directory.resolve(name);
    }

    private static Optional<Path> newest() {
        if (!Files.isDirectory(DEBIAN)) {
            return Optional.empty();
        }
        try (var versions = Files.list(DEBIAN)) {
            return versions.filter(version -> version.getFileName().toString().matches("\\d+"))
                    .filter(version -> Files.isExecutable(version.resolve("bin/pg_ctl")))
                    .max(Comparator.comparingInt(
                            version -> Integer.parseInt(version.getFileName().toString())))
                    .map(version -> version.resolve("bin"));
        } catch (IOException e) {
            LOG.debugf(e, "%s cannot be listed", DEBIAN);
            return Optional.empty();
        }
    }

    private static Optional<Path> configured() {
        try {
            var process = new ProcessBuilder("pg_config", "--bindir")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? Optional.of(Path.of(said)) : Optional.empty();
        } catch (IOException e) {
            LOG.debug("pg_config is not on this host", e);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
