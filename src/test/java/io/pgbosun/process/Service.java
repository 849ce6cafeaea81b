package io.pgbosun.process;

import io.pgbosun.TestHome;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** One service as users run it: a process of its own, with a state folder, a port and a log. */
final class Service {
    private static final Path JAR =
            Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
    private static final Duration READY = Duration.ofSeconds(180);
    private static final Duration END = Duration.ofSeconds(60);

    private final Path home;
    private final Path log;
    private final Map<String, String> settings;
    private final List<String> launcher;
    private int port;
    private Process process;

    private Service(Path home, Map<String, String> settings, List<String> launcher) {
        this.home = home;
        this.log = home.resolveSibling(home.getFileName() + ".service.log");
        this.settings = settings;
        this.launcher = launcher;
    }

    /** A folder for the state folders of some services. */
    static Path newFolder() {
        try {
            return Files.createDirectory(Files.createTempDirectory("pgbosun-it").resolve("homes"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops every service and every PostgreSQL server below the folder, and removes it. */
    static void clear(Path folder, Service... services) {
        for (var service : services) {
            if (service != null) {
                service.thaw();
                service.kill();
            }
        }
        TestHome.clear(folder);
        try {
            Files.delete(folder.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the first service, with the control database that it makes itself. */
    static Service first(Path folder, String roles) {
        return first(folder, roles, List.of());
    }

    /** As before, with settings of its own. */
    static Service first(Path folder, String roles, Map<String, String> more) {
        var settings = new HashMap<>(more);
        settings.put("PGBOSUN_ROLES", roles);
        return new Service(folder.resolve("one"), settings, List.of()).start();
    }

    /** As before, by way of another program, which is replaced by the service in the end. */
    static Service first(Path folder, String roles, List<String> launcher) {
        return new Service(folder.resolve("one"), Map.of("PGBOSUN_ROLES", roles), launcher).start();
    }

    /** Starts another service over the same control database, with the same keys and the same first token. */
    Service beside(String name, String roles) {
        return beside(name, roles, Map.of());
    }

    /** As before, with settings of its own. */
    Service beside(String name, String roles, Map<String, String> more) {
        return beside(name, roles, store().port(), more);
    }

    /**
     * As before.
     *
     * @param storePort where it finds the control database
     * @param more settings
     */
    Service beside(String name, String roles, int storePort, Map<String, String> more) {
        var folder = home.resolveSibling(name);
        try {
            Files.createDirectories(folder);
            Files.copy(home.resolve("token"), folder.resolve("token"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var settings = new HashMap<>(Map.of(
                "PGBOSUN_ROLES", roles,
                "PGBOSUN_STORE_URL", store().url(storePort),
                "PGBOSUN_KEY_FILE", home.resolve("keys").toString()));
        settings.putAll(more);
        return new Service(folder, settings, List.of()).start();
    }

    /** Starts it, for the first time or again, and waits until it is ready. */
    Service start() {
        launch();
        Eventually.until(() -> "ready is the service of " + home + "\n" + log(), READY, Duration.ofMillis(50), () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the service ended: " + log());
            }
            return answers("/q/health/ready") == 200;
        });
        return this;
    }

    private void launch() {
        port = freePort();
        var command = new ArrayList<>(launcher);
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary()));
        command.addAll(List.of("-jar", JAR.toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(new File("/dev/null"));
        var environment = builder.environment();
        var inherited = new HashMap<>(environment);
        inherited.keySet().removeIf(name -> name.startsWith("PGBOSUN_") && !name.startsWith("PGBOSUN_PG_"));
        environment.clear();
        environment.putAll(inherited);
        environment.putAll(settings);
        environment.put("PGBOSUN_HOME", home.toString());
        environment.put("PGBOSUN_HTTP_PORT", String.valueOf(port));
        environment.put("PGBOSUN_LOG_JSON", "false");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status of an answer; 0 when there is none. */
    int answers(String path) {
        try {
            return Rest.anonymous(port).get(path).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    /** Ends it at once, as a crash does: nothing of it runs any further. */
    void kill() {
        if (process != null) {
            process.destroyForcibly();
            awaitEnd();
        }
    }

    /** Asks it to end, as a rolling update does. */
    void terminate() {
        process.destroy();
    }

    void awaitEnd() {
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the service does not end: " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the process, but not the programs it has started, stand still. */
    void freeze() {
        signal("-STOP");
    }

    void thaw() {
        if (process != null && process.isAlive()) {
            signal("-CONT");
        }
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a program that it has started and whose name is given runs now. */
    boolean runs(String program) {
        return process.descendants()
                .anyMatch(child -> child.info()
                        .command()
                        .filter(path -> path.endsWith(program))
                        .isPresent());
    }

    /** Waits until one of the services runs a program, and answers which. */
    static Service theOneThatRuns(String program, Service... services) {
        var working = new AtomicReference<Service>();
        Eventually.closely("a " + program + " runs", Duration.ofSeconds(60), () -> {
            Stream.of(services).filter(service -> service.runs(program)).forEach(working::set);
            return working.get() != null;
        });
        return working.get();
    }

    Path home() {
        return home;
    }

    /** Where it puts its temporary files. */
    Path temporary() {
        var directory = home.resolveSibling(home.getFileName() + ".tmp");
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    int port() {
        return port;
    }

    String token() {
        try {
            return Files.readString(home.resolve("token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its REST surface, as the first admin. */
    Rest rest() {
        return new Rest(port, token());
    }

    /** The control database that it has made. */
    ControlDatabase store() {
        return new ControlDatabase(home);
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
