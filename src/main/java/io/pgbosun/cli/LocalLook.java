package io.pgbosun.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What can be seen of a service that does not answer, in its state folder on this machine. */
final class LocalLook {
    private static final int LOG_LINES = 5;

    private LocalLook() {}

    static void print(Session session) {
        var settings = session.api().settings();
        var out = session.err();
        out.println("Asked " + settings.url() + " for its diagnosis, and got none. On this machine:");
        var home = settings.home();
        if (!Files.isDirectory(home)) {
            line(out, "state folder", "there is none at " + home + "; PGBOSUN_HOME can say another");
            return;
        }
        line(out, "state folder", home.toString());
        var service = pid(home.resolve("service.pid"));
        line(out, "service", told(service, "it was never started here", "restart it: " + Cli.NAME + " start"));
        if (session.environment("PGBOSUN_STORE_URL") != null) {
            line(
                    out,
                    "control database",
                    "elsewhere, by PGBOSUN_STORE_URL; see that it answers: psql \"$PGBOSUN_STORE_URL\"");
        } else {
            var store = pid(home.resolve("store/postmaster.pid"));
            line(
                    out,
                    "control database",
                    told(
                            store,
                            "it does not run",
                            "the service starts it: " + Cli.NAME + " stop, " + Cli.NAME + " start"));
        }
        log(out, home.resolve("log/service.log"));
    }

    private static void line(PrintStream out, String what, String seen) {
        out.printf("  %-17s %s%n", what, seen);
    }

    /** The process that a file names, on its first line. */
    private static Optional<Long> pid(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("\\d{1,9}"))
                    .map(Long::valueOf);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String told(Optional<Long> pid, String absent, String remedy) {
        if (pid.isEmpty()) {
            return absent + "; " + remedy;
        }
        var alive = ProcessHandle.of(pid.get()).filter(ProcessHandle::isAlive).isPresent();
        return alive ? "runs as process " + pid.get() : "process " + pid.get() + " has died; " + remedy;
    }

    private static void log(PrintStream out, Path file) {
        try {
            List<String> lines = tail(file);
            line(out, "log", file + (lines.isEmpty() ? ", which is empty" : ", which ends so:"));
            lines.forEach(line -> out.println("    " + Format.clean(line)));
        } catch (IOException e) {
            line(out, "log", "none at " + file);
        }
    }

    private static List<String> tail(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - 8192));
            var text = new String(
                    java.nio.channels.Channels.newInputStream(channel).readNBytes(8192),
                    java.nio.charset.StandardCharsets.UTF_8);
            var lines = text.lines().toList();
            return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
        }
    }
}
