package io.pgbosun.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Asks the service as fast as it answers, with h2load. */
final class H2load {
    private static final Pattern RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
    private static final Pattern TROUBLE = Pattern.compile("[1-9]\\d* (failed|errored|timeout)|[1-9]\\d* [345]xx");

    private final Service service;
    private final List<String> words;

    private H2load(Service service, List<String> words) {
        this.service = service;
        this.words = words;
    }

    /** Gets the paths in turn over HTTP/1.1. */
    static H2load gets(Stage stage, Service service, String name, List<String> paths) {
        var uris = stage.file(
                name + ".uris",
                String.join("\n", paths.stream().map(service::url).toList()) + "\n");
        return new H2load(service, List.of("--h1", "-i", uris.toString()));
    }

    /** Posts the same body to the paths in turn over HTTP/1.1. */
    static H2load posts(Stage stage, Service service, String name, List<String> paths, String body) {
        var uris = stage.file(
                name + ".uris",
                String.join("\n", paths.stream().map(service::url).toList()) + "\n");
        var data = stage.file(name + ".json", body);
        return new H2load(
                service,
                List.of("--h1", "-i", uris.toString(), "-d", data.toString(), "-H", "content-type: application/json"));
    }

    /** Calls a gRPC method with the same framed message. */
    static H2load grpc(Service service, String method, Path framed) {
        return new H2load(
                service,
                List.of(
                        "-m",
                        "4",
                        "-d",
                        framed.toString(),
                        "-H",
                        "content-type: application/grpc",
                        "-H",
                        "te: trailers",
                        service.url("/" + method)));
    }

    /** Requests a second. */
    double perSecond(int clients, int seconds) {
        var command = new ArrayList<>(List.of(
                Programs.h2load(),
                "-t",
                "1",
                "-c",
                String.valueOf(clients),
                "-D",
                String.valueOf(seconds),
                "--warm-up-time=1",
                "-H",
                "authorization: Bearer " + service.token()));
        command.addAll(words);
        var output = Programs.run(command);
        if (TROUBLE.matcher(output).find()) {
            throw new IllegalStateException(output);
        }
        return Pgbench.read(RATE, output);
    }
}
