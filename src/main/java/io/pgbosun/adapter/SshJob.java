package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A program that outlasts the connection and the service: the same step of an operation finds it again, whichever service runs it.
 * It ends with the operation, when that is cancelled, and not with the run, when another one takes the operation over.
 */
final class SshJob {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final int LOOKS_BETWEEN = 20;
    private static final int OUTPUT_BYTES = 16 * 1024;
    private static final int HASH_CHARACTERS = 32;
    /** As shells tell of a program that SIGKILL has ended. */
    private static final int KILLED = 128 + 9;

    private final SshConnection connection;
    private final SshFiles files;
    private final SshProgram program;
    private final Work work;
    private final String id;
    private final String arguments;
    private final CountDownLatch ended = new CountDownLatch(1);
    private Path folder;

    SshJob(SshConnection connection, SshProgram program, Work work) {
        this.connection = connection;
        this.program = program;
        this.work = work;
        files = new SshFiles(connection);
        program.unmark();
        id = work.operation() + "-" + hash(List.of(work.step(), program.name));
        arguments = hash(program.arguments);
    }

    private static String hash(List<String> texts) {
        try {
            var bytes = String.join("\0", texts).getBytes(StandardCharsets.UTF_8);
            var hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(hash).substring(0, HASH_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Ends all jobs of an operation. */
    static void end(SshConnection connection, UUID operation) {
        connection.ask("What the operation has left there cannot be ended", "end", List.of(operation.toString()));
    }

    ProgramOutcome run() {
        try (var _ = work.opened(ended::countDown)) {
            if (!attached()) {
                program.preparation.run();
                patiently(this::start);
            }
            var outcome = outcome();
            patiently(() -> ask("forget", List.of(id, epoch())));
            return outcome;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(ProblemType.CANCELLED, program.name + " was interrupted.", e);
        }
    }

    private String epoch() {
        return String.valueOf(work.epoch());
    }

    private String ask(String verb, List<String> values) {
        return connection.ask(program.name + " cannot be run on " + connection.name(), verb, values);
    }

    /** Whether it is there, running or ended. */
    private boolean attached() {
        var answer = ask("attach", List.of(id, arguments, epoch())).split("\0");
        folder = Path.of(answer[1]);
        return answer[0].equals("there");
    }

    private String start() {
        var request = new ArrayList<String>(List.of(id, arguments, epoch()));
        request.addAll(program.request());
        return ask("start", request);
    }

    /** Looks for the end, again and again: no host tells of it by itself. */
    private ProgramOutcome outcome() throws InterruptedException {
        for (int look = 1; ; look++) {
            boolean thorough = look % LOOKS_BETWEEN == 0;
            var code = patiently(() -> exitCode(thorough));
            if (code.isPresent()) {
                return patiently(() -> new ProgramOutcome(program.name, code.get(), tail("out"), tail("err")));
            }
            if (ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw ended();
            }
        }
    }

    private Problem ended() {
        if (!work.left()) {
            ask("end", List.of(id));
        }
        return Problem.of(ProblemType.CANCELLED, program.name + " was ended with its run.");
    }

    /** Empty while it runs. */
    private Optional<Integer> exitCode(boolean thorough) {
        var code = written();
        if (code.isPresent() || !thorough || runs()) {
            return code;
        }
        return written().or(() -> Optional.of(KILLED)); // it may just have ended
    }

    private Optional<Integer> written() {
        return files.read(folder.resolve("code")).map(code -> Integer.valueOf(code.strip()));
    }

    /** Whether a process of this name is there: its number may be another's after the host was started again. */
    private boolean runs() {
        return files.read(folder.resolve("pid"))
                .flatMap(pid -> files.environment(pid.strip()))
                .filter(environment -> environment.contains("PGBOSUN_JOB=" + id))
                .isPresent();
    }

    private String tail(String file) {
        return files.tail(folder.resolve(file), OUTPUT_BYTES).orElse("");
    }

    /** What can be done again when the connection was lost. */
    private <T> T patiently(Supplier<T> body) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return body.get();
            } catch (Problem problem) {
                if (problem.type() != ProblemType.UNREACHABLE || System.nanoTime() > deadline) {
                    throw problem;
                }
            }
            if (ended.await(1, TimeUnit.SECONDS)) {
                throw ended();
            }
        }
    }
}
