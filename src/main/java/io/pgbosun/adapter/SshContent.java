package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What is in a file on a host that is reached by SSH: one that cannot be read to its end is a problem, and no shorter one. */
final class SshContent extends EndCheckedStream {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SshRunning running;
    private final Path file;
    private final Tail errors;

    SshContent(SshConnection connection, Path file) {
        this(connection.run(HostLauncher.request("read", List.of(file.toString())), false), file);
    }

    private SshContent(SshRunning running, Path file) {
        super(running.output());
        this.running = running;
        this.file = file;
        errors = new Tail(running.errors());
        running.tell(new byte[0]);
    }

    @Override
    void look() {
        try {
            int exitCode = running.await();
            if (exitCode != 0) {
                var outcome = new ProgramOutcome("cat", exitCode, "", errors.text(PATIENCE));
                throw IoProblem.of(file + " cannot be read", HostLauncher.said(outcome));
            }
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    @Override
    public void close() {
        if (!isWhole()) {
            running.end();
        }
    }
}
