package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A real PostgreSQL for one test class, on a free port of the loopback interface. */
final class RealPostgres implements AutoCloseable {
    static final Secret PASSWORD = Secret.of("s3cret p'a\"ss:w\\ord");

    final LocalPgPrograms programs = new LocalPgPrograms();
    final Path home;
    final Path data;
    final Endpoint endpoint;
    final Server server;

    private RealPostgres(Path home) {
        this.home = home;
        data = home.resolve("data");
        endpoint = new Endpoint("127.0.0.1", programs.freePort(), "postgres", PASSWORD, "disable");
        server = new JdbcServers().at(endpoint);
    }

    static RealPostgres start() {
        var postgres = new RealPostgres(home());
        postgres.programs.initdb(postgres.data, "postgres", PASSWORD);
        postgres.programs.configure(postgres.data, postgres.settings(postgres.endpoint.port()));
        postgres.programs.start(postgres.data);
        return postgres;
    }

    /** Below the build folder, which is ours alone and deep enough to be removable. */
    static Path home() {
        try {
            var parent = Files.createDirectories(Path.of("target", "adapter").toAbsolutePath());
            return Files.createTempDirectory(parent, "adapter");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, String> settings(int port) {
        return new HashMap<>(Map.of(
                "port", String.valueOf(port),
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "fsync", "off",
                "autovacuum", "off",
                "max_connections", "30",
                "log_statement", "all",
                "wal_level", "replica"));
    }

    Endpoint as(String user, Secret password) {
        return new Endpoint(endpoint.address(), endpoint.port(), user, password, endpoint.sslMode());
    }

    String log() {
        try {
            return Files.readString(home.resolve("data.log"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The first column of the first row, with the right to do anything. */
    String ask(String database, String sql) {
        return JdbcSession.call(
                        endpoint,
                        database,
                        Limits.work(),
                        connection -> JdbcServer.rows(connection, sql, row -> row.getString(1)))
                .getFirst();
    }

    /** A session that stays open. */
    JdbcSession session(String database) {
        return JdbcSession.open(endpoint, database, Limits.work());
    }

    static void run(JdbcSession session, String sql) {
        session.run(connection -> {
            JdbcServer.run(connection, sql);
            return null;
        });
    }

    @Override
    public void close() {
        programs.stop(data);
        FileTree.remove(home);
    }
}
