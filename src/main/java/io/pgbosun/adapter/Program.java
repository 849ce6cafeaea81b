package io.pgbosun.adapter;

import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * One run of a program of PostgreSQL: without a shell, with an environment of its own, and ended with the run it serves.
 */
abstract class Program {
    /** Marks the processes of a run, for a later run that must end what this one left. */
    static final String WORK = "PGBOSUN_WORK";

    private static final Logger LOG = Logger.getLogger(Program.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String APPLICATION_NAME = "PGAPPNAME";
    /** Of sessions that are ours, and no run's. */
    private static final String OURS = "pgbosun";

    private static final int CONNECT_SECONDS = 5;

    final String name;
    final List<String> arguments;
    final Map<String, String> environment = new TreeMap<>();
    boolean launcher;
    Pattern wanted;
    Secret input;
    OutputStream sink;
    /** What is done before it starts, when it may outlast its run; else null. */
    Runnable preparation;

    Program(String name, List<String> arguments) {
        this.name = name;
        this.arguments = List.copyOf(arguments);
        environment.put("LANG", "C.UTF-8");
        environment.put("LC_MESSAGES", "C");
        environment.put("PGCONNECT_TIMEOUT", String.valueOf(CONNECT_SECONDS));
        environment.put(APPLICATION_NAME, Work.currentTag());
        environment.put(WORK, Work.currentTag());
    }

    /** Logs in there; the password goes through the environment. */
    Program loggingInAt(Endpoint endpoint) {
        if (endpoint.password() != null) {
            environment.put("PGPASSWORD", endpoint.password().reveal());
        }
        if (endpoint.sslMode() != null) {
            environment.put("PGSSLMODE", endpoint.sslMode());
        }
        return this;
    }

    /** With something more in its environment. */
    Program with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Is told this on its standard input, so that no file and no argument holds it. */
    Program reading(Secret text) {
        input = text;
        return this;
    }

    /** What it writes on its standard output goes there as it comes, instead of being told of in the outcome. */
    Program writingTo(OutputStream to) {
        sink = to;
        return this;
    }

    /** Of its output only this much of each line is kept, so that long lines do not push others out. */
    Program keeping(Pattern wanted) {
        this.wanted = wanted;
        return this;
    }

    /** Tells times in UTC. */
    Program inUtc() {
        return with("TZ", "UTC");
    }

    /** It starts a server that outlives it: no mark is handed on, and the server is not ended with the run. */
    Program launcher() {
        launcher = true;
        environment.remove(WORK);
        environment.remove(APPLICATION_NAME);
        return this;
    }

    /**
     * It takes long: on another machine it goes on when the connection is lost or the service dies, and the same step of the
     * operation finds it again. It reads nothing.
     *
     * @param preparation is done before it starts, and not when it is found
     */
    Program lasting(Runnable preparation) {
        this.preparation = preparation;
        return this;
    }

    /** A later run finds neither it nor its sessions at servers by the mark of this one. */
    final void unmark() {
        environment.remove(WORK);
        environment.put(APPLICATION_NAME, OURS);
    }

    /** Starts it. */
    abstract Running start();

    /** Waits for its end; a problem when it was ended with its run or cannot be started. */
    ProgramOutcome run() {
        if (preparation != null) {
            preparation.run();
        }
        var ended = new AtomicBoolean();
        var running = start();
        try (var _ = registered(running, ended)) {
            LOG.debugf("%s runs as %s", name, running);
            var output = new Tail(sink == null ? running.output() : InputStream.nullInputStream(), wanted);
            var errors = new Tail(running.errors());
            tell(running);
            pour(running);
            int exitCode = running.await();
            var outcome = new ProgramOutcome(name, exitCode, output.text(PATIENCE), errors.text(PATIENCE));
            if (ended.get() && exitCode != 0) {
                throw Problem.of(ProblemType.CANCELLED, name + " was ended with its run.", outcome.facts());
            }
            return outcome;
        } catch (InterruptedException e) {
            running.end();
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemType.CANCELLED, name + " was interrupted.", e);
        }
    }

    private static Work.Open registered(Running running, AtomicBoolean ended) {
        Runnable end = () -> {
            ended.set(true);
            running.end();
        };
        return Work.current().map(work -> work.opened(end)).orElse(() -> {});
    }

    /** On a thread of its own: a program that reads nothing must not stop us. */
    private void tell(Running running) {
        if (input == null) {
            return;
        }
        Thread.startVirtualThread(() -> {
            try (var stdin = running.input()) {
                stdin.write(input.reveal().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.debugf(e, "%s has not read its input; its exit code tells why", name);
            }
        });
    }

    /** A program whose output nobody takes any more is ended. */
    private void pour(Running running) {
        if (sink == null) {
            return;
        }
        try (var stdout = running.output()) {
            stdout.transferTo(sink);
        } catch (IOException e) {
            running.end();
            throw Problem.of(
                    ProblemType.PROGRAM_FAILED,
                    "What " + name + " writes cannot be taken: " + IoProblem.reason(e) + ".",
                    e);
        } catch (RuntimeException e) {
            running.end();
            throw e;
        }
    }

    /** A program that runs. */
    interface Running {
        /** What it reads; there when it was given something to read. */
        OutputStream input();

        InputStream output();

        InputStream errors();

        /** Waits for its end and tells its exit code. */
        int await() throws InterruptedException;

        /** Asks it and its children to end, and sees to it that they do. */
        void end();
    }
}
