package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A {@link Program} on this host. */
final class LocalProcess extends Program {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final PostgresBin bin;

    LocalProcess(PostgresBin bin, String program, List<String> arguments) {
        super(program, arguments);
        this.bin = bin;
        environment.put("PATH", bin.directory() + ":/usr/bin:/bin");
        if (bin.libraries() != null) {
            environment.put("LD_LIBRARY_PATH", bin.libraries().toString());
        }
    }

    @Override
    Running start() {
        var command = new ArrayList<String>();
        command.add(bin.program(name).toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        if (input == null) {
            builder.redirectInput(new File("/dev/null"));
        }
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new Started(builder.start(), launcher);
        } catch (IOException e) {
            throw Problem.of(
                    ProblemType.NOT_POSSIBLE,
                    name + " cannot be run from " + command.getFirst()
                            + "; install the packages of PostgreSQL (server and client).",
                    e);
        }
    }

    private record Started(Process process, boolean launcher) implements Running {
        @Override
        public OutputStream input() {
            return process.getOutputStream();
        }

        @Override
        public InputStream output() {
            return process.getInputStream();
        }

        @Override
        public InputStream errors() {
            return process.getErrorStream();
        }

        @Override
        public int await() throws InterruptedException {
            return process.waitFor();
        }

        /** What a launcher has started lives on. */
        @Override
        public void end() {
            var descendants = launcher ? Stream.<ProcessHandle>empty() : process.descendants();
            var tree = Stream.concat(Stream.of(process.toHandle()), descendants).toList();
            tree.forEach(ProcessHandle::destroy);
            Thread.startVirtualThread(() -> LocalProcesses.force(tree, GRACE));
        }
    }
}
