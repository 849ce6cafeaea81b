package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One run of a program of PostgreSQL: without a shell, with an environment of its own, and ended with the run it serves.
 */
final class LocalProcess {
    /** Marks the processes of a run, for a later run that must end what this one left. */
    static final String WORK = "PGBOSUN_WORK";

    private static final Logger LOG = Logger.getLogger(LocalProcess.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int CONNECT_SECONDS = 5;

    private final String program;
    private final ProcessBuilder builder;
    private boolean launcher;
    private Pattern wanted;
    private Secret input;
    private OutputStream sink;

    LocalProcess(PostgresBin bin, String program, List<String> arguments) {
        this.program = program;
        var command = new ArrayList<String>();
        command.add(bin.program(program).toString());
        command.addAll(arguments);
        builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
        var environment = builder.environment();
        environment.clear();
        environment.put("PATH", bin.directory() + ":/usr/bin:/bin");
        environment.put("LANG", "C.UTF-8");
        environment.put("LC_MESSAGES", "C");
        environment.put("PGCONNECT_TIMEOUT", String.valueOf(CONNECT_SECONDS));
        environment.put("PGAPPNAME", Work.currentTag());
        environment.put(WORK, Work.currentTag());
        if (bin.libraries() != null) {
            environment.put("LD_LIBRARY_PATH", bin.libraries().toString());
        }
    }

    /** Logs in there; the password goes through the environment. */
    LocalProcess loggingInAt(Endpoint endpoint) {
        var environment = builder.environment();
        if (endpoint.password() != null) {
            environment.put("PGPASSWORD", endpoint.password().reveal());
        }
        if (endpoint.sslMode() != null) {
            environment.put("PGSSLMODE", endpoint.sslMode());
        }
        return this;
    }

    /** With something more in its environment. */
    LocalProcess with(String name, String value) {
        builder.environment().put(name, value);
        return this;
    }

    /** Is told this on its standard input, so that no file and no argument holds it. */
    LocalProcess reading(Secret text) {
        input = text;
        builder.redirectInput(ProcessBuilder.Redirect.PIPE);
        return this;
    }

    /** What it writes on its standard output goes there as it comes, instead of being told of in the outcome. */
    LocalProcess writingTo(OutputStream to) {
        sink = to;
        return this;
    }

    /** Of its output only this much of each line is kept, so that long lines do not push others out. */
    LocalProcess keeping(Pattern wanted) {
        this.wanted = wanted;
        return this;
    }

    /** Tells times in UTC. */
    LocalProcess inUtc() {
        builder.environment().put("TZ", "UTC");
        return this;
    }

    /** It starts a server that outlives it: no mark is handed on, and the server is not ended with the run. */
    LocalProcess launcher() {
        launcher = true;
        builder.environment().remove(WORK);
        builder.environment().remove("PGAPPNAME");
        return this;
    }

    /** Waits for its end; a problem when it was ended with its run or cannot be started. */
    ProgramOutcome run() {
        var ended = new AtomicBoolean();
        var process = start();
        try (var _ = registered(process, ended)) {
            LOG.debugf("%s runs as process %d", program, process.pid());
            var output = new Tail(sink == null ? process.getInputStream() : InputStream.nullInputStream(), wanted);
            var errors = new Tail(process.getErrorStream());
            tell(process);
            pour(process);
            int exitCode = process.waitFor();
            var outcome = new ProgramOutcome(program, exitCode, output.text(GRACE), errors.text(GRACE));
            if (ended.get() && exitCode != 0) {
                throw Problem.of(ProblemType.CANCELLED, program + " was ended with its run.", outcome.facts());
            }
            return outcome;
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemType.CANCELLED, program + " was interrupted.", e);
        }
    }

    /** On a thread of its own: a program that reads nothing must not stop us. */
    private void tell(Process process) {
        if (input == null) {
            return;
        }
        Thread.startVirtualThread(() -> {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.reveal().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.debugf(e, "%s has not read its input; its exit code tells why", program);
            }
        });
    }

    /** A program whose output nobody takes any more is ended. */
    private void pour(Process process) {
        if (sink == null) {
            return;
        }
        try (var stdout = process.getInputStream()) {
            stdout.transferTo(sink);
        } catch (IOException e) {
            end(process);
            throw Problem.of(
                    ProblemType.PROGRAM_FAILED,
                    "What " + program + " writes cannot be taken: " + IoProblem.reason(e) + ".",
                    e);
        } catch (RuntimeException e) {
            end(process);
            throw e;
        }
    }

    private Process start() {
        try {
            return builder.start();
        } catch (IOException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    program + " cannot be run from " + builder.command().getFirst()
                            + "; install the packages of PostgreSQL (server and client).",
                    e);
        }
    }

    private Work.Open registered(Process process, AtomicBoolean ended) {
        Runnable end = () -> {
            ended.set(true);
            end(process);
        };
        return Work.current().map(work -> work.opened(end)).orElse(() -> {});
    }

    /** Asks it and its children to end, and forces those that have not after a while. */
    private void end(Process process) {
        var descendants = launcher ? Stream.<ProcessHandle>empty() : process.descendants();
        var tree = Stream.concat(Stream.of(process.toHandle()), descendants).toList();
        tree.forEach(ProcessHandle::destroy);
        Thread.startVirtualThread(() -> force(tree, GRACE));
    }

    /** Waits for their end and kills those that are left; returns when none is, or after as long again. */
    static boolean force(List<ProcessHandle> processes, Duration grace) {
        if (gone(processes, grace)) {
            return true;
        }
        processes.forEach(ProcessHandle::destroyForcibly);
        return gone(processes, grace);
    }

    private static boolean gone(List<ProcessHandle> processes, Duration wait) {
        var ends = processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a process cannot be waited for", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
