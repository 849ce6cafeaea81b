package io.pgbosun.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** A PostgreSQL server of our own, durable as the one that the service runs for itself. */
final class Postgres implements AutoCloseable {
    static final String DATABASE = "pgbosun";

    private final Path data;
    private final int port = freePort();

    Postgres(Path folder) {
        data = folder.resolve("postgres");
        Programs.run(List.of(
                Programs.postgres("initdb"),
                "-D",
                data.toString(),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync"));
        var settings = """
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = ''
                fsync = on
                synchronous_commit = on
                full_page_writes = on
                max_connections = 200
                logging_collector = on
                log_destination = 'jsonlog'
                log_directory = 'log'
                log_filename = 'server'
                log_rotation_size = 0
                """.formatted(port);
        try {
            Files.writeString(data.resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Programs.run(List.of(
                Programs.postgres("pg_ctl"),
                "-D",
                data.toString(),
                "-w",
                "-l",
                folder.resolve("postgres.log").toString(),
                "start"));
        run("postgres", "create database " + DATABASE);
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** Where the server tells what it is asked, as JSON lines. */
    Path log() {
        return data.resolve("log").resolve("server.json");
    }

    /** A session on a database. */
    Connection open(String database) {
        try {
            return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", "");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements, each in a transaction of its own. */
    void run(String database, String... statements) {
        try (var connection = open(database);
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(String.join(";", statements), e);
        }
    }

    void run(String sql) {
        run(DATABASE, sql);
    }

    /** The first column of the first row, or null. */
    String value(String sql) {
        try (var connection = open(DATABASE);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    double number(String sql) {
        var value = value(sql);
        if (value == null) {
            throw new IllegalStateException("no answer to: " + sql);
        }
        return Double.parseDouble(value);
    }

    @Override
    public void close() {
        Programs.run(List.of(Programs.postgres("pg_ctl"), "-D", data.toString(), "-w", "-m", "immediate", "stop"));
    }
}
