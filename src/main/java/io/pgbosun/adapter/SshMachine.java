package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** A host that is reached by SSH. */
record SshMachine(SshConnection connection, String binDirectory) implements Machine {
    private static final Pattern LOCAL_PORT = Pattern.compile("^ *\\d+: [0-9A-F]+:([0-9A-F]{4}) ", Pattern.MULTILINE);
    private static final int LOWEST_PORT = 10_000;
    private static final int DEFAULT_EPHEMERAL = 32_768;

    @Override
    public Program program(String name, List<String> arguments) {
        return new SshProgram(connection, binDirectory, name, arguments);
    }

    @Override
    public boolean isOurs() {
        return false;
    }

    @Override
    public SshFiles files() {
        return new SshFiles(connection);
    }

    @Override
    public MachineProcesses processes() {
        return new SshProcesses(connection, files());
    }

    /** Below those that the host gives to its own connections, by chance: two who ask at once get two. */
    @Override
    public int freePort() {
        var used = new HashSet<Integer>();
        for (var table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            var text = files().read(Path.of(table)).orElse("");
            LOCAL_PORT.matcher(text).results().forEach(line -> used.add(Integer.parseInt(line.group(1), 16)));
        }
        int end = files().read(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                .map(range -> Integer.parseInt(range.strip().split("\\s+")[0]))
                .filter(first -> first > LOWEST_PORT)
                .orElse(DEFAULT_EPHEMERAL);
        return ThreadLocalRandom.current()
                .ints(LOWEST_PORT, end)
                .limit(end)
                .filter(port -> !used.contains(port))
                .findFirst()
                .orElseThrow(() ->
                        Problem.of(ProblemType.PROGRAM_FAILED, "No TCP port is free on " + connection.name() + "."));
    }

    @Override
    public void endLasting(UUID operation) {
        SshJob.end(connection, operation);
    }
}
