package io.pgbosun.boot;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Servers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import io.pgbosun.store.StoreLocation;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Says where the control database is: the one of {@code PGBOSUN_STORE_URL}, or else one that we run ourselves in the
 * state folder, durable, and find again after a crash.
 */
@Singleton
class ControlDatabase {
    private static final String DATABASE = "pgbosun";

    private static final Logger LOG = Logger.getLogger(ControlDatabase.class);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Optional<String> external;
    private final Home home;
    private final PgPrograms programs;
    private final Servers servers;

    ControlDatabase(
            @ConfigProperty(name = "pgbosun.store.url") Optional<String> external,
            Home home,
            PgPrograms programs,
            Servers servers) {
        this.external = external;
        this.home = home;
        this.programs = programs;
        this.servers = servers;
    }

    @Produces
    @Singleton
    StoreLocation location() {
        return new StoreLocation(external.filter(url -> !url.isBlank()).orElseGet(this::embedded));
    }

    /** Stops the server that we run ourselves; an external one is left alone. */
    void stop() {
        if (external.filter(url -> !url.isBlank()).isEmpty()) {
            programs.stop(home.store());
        }
    }

    private String embedded() {
        var password = password();
        if (!programs.initialized(home.store())) {
            programs.initdb(home.store(), "postgres", Secret.of(password));
        }
        if (!programs.running(home.store())) {
            var port = programs.freePort();
            programs.configure(home.store(), settings(port));
            Home.writePrivately(home.storePort(), String.valueOf(port));
            programs.start(home.store());
        }
        var port = Integer.parseInt(read(home.storePort()));
        var server = servers.at(new Endpoint("127.0.0.1", port, "postgres", Secret.of(password), "disable"));
        if (!answered(() -> server.databaseExists(DATABASE))) {
            server.createDatabase(DATABASE, null);
        }
        return "postgresql://postgres:%s@127.0.0.1:%d/%s".formatted(password, port, DATABASE);
    }

    /** A host that is busy, as after a crash, may take longer than one attempt allows. */
    private static boolean answered(BooleanSupplier question) {
        var end = System.nanoTime() + ANSWERS_WITHIN.toNanos();
        while (true) {
            try {
                return question.getAsBoolean();
            } catch (Problem problem) {
                if (problem.type() != ProblemType.UNREACHABLE || System.nanoTime() > end) {
                    throw problem;
                }
                LOG.infof("the control database is asked again: %s", problem.detail());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static Map<String, String> settings(int port) {
        return Map.of(
                "listen_addresses", "127.0.0.1",
                "port", String.valueOf(port),
                "unix_socket_directories", "",
                "fsync", "on",
                "synchronous_commit", "on",
                "full_page_writes", "on",
                "max_connections", "200",
                "cluster_name", "pgbosun-store");
    }

    private String password() {
        if (!Files.exists(home.storePassword())) {
            Home.writePrivately(home.storePassword(), io.pgbosun.token.Tokens.randomText());
        }
        return read(home.storePassword());
    }

    private static String read(java.nio.file.Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
