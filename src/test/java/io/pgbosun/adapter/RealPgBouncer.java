package io.pgbosun.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real PgBouncer by transaction, on a free port of the loopback interface. */
public final class RealPgBouncer implements AutoCloseable {
    /** Who may do anything at its console. */
    public static final String ADMIN = "pgbadmin";

    /** Who may look at it. */
    public static final String STATS = "pgbstats";

    /** Whom it lets through to servers. */
    public static final String USER = "app";

    /** Of all of them. */
    public static final String PASSWORD = "s3cret pooler";

    public final int port = new LocalPgPrograms().freePort();
    public final Path folder;
    private Process process;

    private RealPgBouncer(Path folder) {
        this.folder = folder;
    }

    /** Where packages put it, or {@code PGBOSUN_PGBOUNCER}. */
    private static String program() {
        return Stream.of(System.getenv("PGBOSUN_PGBOUNCER"), "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer")
                .filter(Objects::nonNull)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("pgbouncer is not installed"));
    }

    /**
     * Starts one without databases.
     *
     * @param more lines of its section {@code [pgbouncer]}
     */
    public static RealPgBouncer start(Path folder, String... more) {
        var pooler = new RealPgBouncer(folder.toAbsolutePath());
        pooler.configure(List.of(more));
        pooler.start();
        return pooler;
    }

    /** The file that is to be pgbosun's. */
    public Path databases() {
        return folder.resolve("databases.ini");
    }

    private void configure(List<String> more) {
        try {
            Files.createDirectories(folder);
            Files.writeString(databases(), "[databases]\n");
            Files.writeString(
                    folder.resolve("userlist.txt"),
                    Stream.of(ADMIN, STATS, USER)
                            .map(user -> "\"%s\" \"%s\"\n".formatted(user, PASSWORD))
                            .collect(Collectors.joining()));
            Files.writeString(folder.resolve("pgbouncer.ini"), """
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = scram-sha-256
                    auth_file = %s/userlist.txt
                    admin_users = %s
                    stats_users = %s
                    pool_mode = transaction
                    server_login_retry = 1
                    ignore_startup_parameters = extra_float_digits
                    logfile = %s/log
                    %s
                    %%include %s
                    """.formatted(
                            port, folder, ADMIN, STATS, folder, String.join("\n", more), databases()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, for the first time or again, and waits until it listens. */
    public void start() {
        try {
            process = new ProcessBuilder(
                            program(), "-q", folder.resolve("pgbouncer.ini").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("output").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Soon.until("PgBouncer listens: " + log(), this::listens);
    }

    private boolean listens() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    public String log() {
        try {
            var log = folder.resolve("log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once. */
    public void stop() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
