package io.pgbosun.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** One bash in which commands run after each other, as in a terminal: what one sets, the next ones see. */
final class Shell implements AutoCloseable {
    private final String end = "end-" + UUID.randomUUID();
    private final Process process;
    private final BufferedReader output;

    Shell(Path directory, Map<String, String> environment) {
        var builder = new ProcessBuilder("bash", "--noprofile", "--norc").directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("bash is needed", e);
        }
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Runs one command and answers what it said. */
    String run(String command) {
        try {
            var input = process.getOutputStream();
            input.write("{ %s%n} </dev/null%nprintf '\\n%s\\n'%n"
                    .formatted(command, end)
                    .getBytes(StandardCharsets.UTF_8));
            input.flush();
            return untilEnd();
        } catch (IOException e) {
            throw new UncheckedIOException("bash ended at: " + command, e);
        }
    }

    private String untilEnd() throws IOException {
        var said = new StringBuilder();
        for (var line = output.readLine(); !end.equals(line); line = output.readLine()) {
            if (line == null) {
                throw new IOException("bash ended, after saying: " + said);
            }
            said.append(line).append('\n');
        }
        return said.toString();
    }

    boolean has(String program) {
        return !run("command -v " + program).isBlank();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
