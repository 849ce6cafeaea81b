package io.pgbosun.law;

import io.pgbosun.TestHome;
import io.pgbosun.adapter.JdbcServers;
import io.pgbosun.adapter.LocalPgPrograms;
import io.pgbosun.host.Endpoint;
import io.pgbosun.secret.Secret;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real control database for the service under test, made with the real programs, and not durable. */
public class LawDatabase implements QuarkusTestResourceLifecycleManager {
    private Path home;

    @Override
    public Map<String, String> start() {
        try {
            home = Files.createDirectory(
                    Files.createTempDirectory("pgbosun-law").resolve("law"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var programs = new LocalPgPrograms();
        var directory = home.resolve("control");
        var port = programs.freePort();
        programs.initdb(directory, "postgres", Secret.of("law"));
        programs.configure(directory, settings(port));
        programs.start(directory);
        new JdbcServers()
                .at(new Endpoint("127.0.0.1", port, "postgres", Secret.of("law"), "disable"))
                .createDatabase("pgbosun", null);
        return Map.of(
                "pgbosun.home",
                home.resolve("home").toString(),
                "pgbosun.store.url",
                "postgresql://postgres:law@127.0.0.1:%d/pgbosun".formatted(port));
    }

    private static Map<String, String> settings(int port) {
        return Map.of(
                "listen_addresses", "127.0.0.1",
                "port", String.valueOf(port),
                "unix_socket_directories", "",
                "fsync", "off",
                "synchronous_commit", "off",
                "full_page_writes", "off");
    }

    @Override
    public void stop() {
        TestHome.clear(home);
        try {
            Files.delete(home.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
