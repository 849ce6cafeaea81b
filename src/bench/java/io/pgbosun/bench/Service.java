package io.pgbosun.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One process of the built service, as the launcher starts it. */
final class Service implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration START = Duration.ofSeconds(90);

    private final Process process;
    private final int port = Postgres.freePort();
    private final Path home;
    private final double startMillis;

    /**
     * Starts it and waits until it is ready.
     *
     * @param home its state folder, with the first token when there is one already
     */
    Service(Path home, Path log, Map<String, String> settings) {
        this.home = home;
        var builder = new ProcessBuilder(command(home)).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PGBOSUN_") && !name.startsWith("PGBOSUN_PG_"));
        environment.putAll(settings);
        environment.put("PGBOSUN_HOME", home.toString());
        environment.put("PGBOSUN_HTTP_PORT", String.valueOf(port));
        environment.put("PGBOSUN_LOG_JSON", "false");
        environment.putIfAbsent("PGBOSUN_OPERATIONS_ACTIVE", "100000000"); // queues are made long on purpose
        var begin = System.nanoTime();
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() - begin > START.toNanos()) {
                close();
                throw new IllegalStateException("the service does not start, see " + log);
            }
            pause(5);
        }
        startMillis = (System.nanoTime() - begin) / 1e6;
    }

    /** The launcher's own command, which it hands on, with a state folder of ours. */
    private static List<String> command(Path home) {
        var handed = System.getenv("SERVICE_COMMAND");
        if (handed == null || handed.isBlank()) {
            var jar = Path.of(System.getProperty("pgbosun.app"), "quarkus-run.jar");
            var java = System.getProperty("java.home") + "/bin/java";
            return List.of(java, "-Dpgbosun.home=" + home, "-jar", jar.toString());
        }
        var command = new ArrayList<String>(handed.lines().toList());
        command.replaceAll(word -> word.startsWith("-Dpgbosun.home=") ? "-Dpgbosun.home=" + home : word);
        return command;
    }

    private boolean ready() {
        try {
            return HTTP.send(request("/q/health/ready").GET().build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(30));
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    double startMillis() {
        return startMillis;
    }

    String token() {
        try {
            return Files.readString(home.resolve("token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String get(String path) {
        return send(authorized(path).GET());
    }

    String post(String path, String body) {
        return send(authorized(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    String delete(String path) {
        return send(authorized(path).DELETE());
    }

    private HttpRequest.Builder authorized(String path) {
        return request(path).header("Authorization", "Bearer " + token());
    }

    private static String send(HttpRequest.Builder request) {
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(response.uri() + ": " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Memory in MB: {@code VmRSS} now or {@code VmHWM} at most so far. */
    double memory(String name) {
        try {
            var status = Files.readString(Path.of("/proc", String.valueOf(pid()), "status"));
            var matcher = Pattern.compile(name + ":\\s+(\\d+) kB").matcher(status);
            if (!matcher.find()) {
                throw new IllegalStateException("no " + name + " in " + status);
            }
            return Long.parseLong(matcher.group(1)) / 1024.0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void signal(String name) {
        Programs.run(List.of("kill", "-" + name, String.valueOf(pid())));
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
