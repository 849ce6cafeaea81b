package io.pgbosun.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program outside of the product, run to its end within a time, with what it has printed. */
record Program(int exit, String output) {

    static Program run(Path folder, Map<String, String> environment, Duration atMost, List<String> command) {
        try {
            var output = Files.createTempFile(folder, "program", ".log");
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(new File("/dev/null"));
            builder.environment().putAll(environment);
            var process = builder.start();
            try {
                if (!process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError(command + " does not end within " + atMost + ": " + read(output));
                }
                return new Program(process.exitValue(), read(output));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Programs of others print what they were sent, which need not be text. */
    private static String read(Path output) throws IOException {
        return new String(Files.readAllBytes(output), UTF_8);
    }

    /** What it has printed, when all went well. */
    String succeeded() {
        if (exit != 0) {
            throw new AssertionError("exit " + exit + ": " + end());
        }
        return output;
    }

    /** What it has printed last. */
    String end() {
        return output.substring(Math.max(0, output.length() - 4000));
    }

    static String java() {
        return System.getProperty("java.home") + "/bin/java";
    }

    /** A tool of src/test/contract, which {@code src/test/contract/lint install} has put there. */
    static Path tool(String name) {
        return Path.of("src/test/contract/node_modules", name).toAbsolutePath();
    }
}
