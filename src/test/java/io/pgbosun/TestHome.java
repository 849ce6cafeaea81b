package io.pgbosun;

import io.pgbosun.adapter.LocalPgPrograms;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A state folder for the service under test; whatever runs in it is stopped and removed in the end. */
public class TestHome implements QuarkusTestResourceLifecycleManager {
    private Path home;

    @Override
    public Map<String, String> start() {
        try {
            home = Files.createDirectory(
                    Files.createTempDirectory("pgbosun-test").resolve("home"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("pgbosun.home", home.toString());
    }

    @Override
    public void stop() {
        clear(home);
        try {
            Files.delete(home.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops every PostgreSQL server below a state folder, and removes it. */
    public static void clear(Path home) {
        var programs = new LocalPgPrograms();
        try (Stream<Path> files = Files.walk(home)) {
            files.filter(file -> file.endsWith("PG_VERSION")
                            && file.getParent().resolve("global").toFile().isDirectory())
                    .map(Path::getParent)
                    .toList()
                    .forEach(programs::stop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        programs.remove(home);
    }
}
