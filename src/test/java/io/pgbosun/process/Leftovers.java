package io.pgbosun.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** What an operation that has ended should not have left: what the oracle finds, and what only a test can know. */
final class Leftovers {
    private final Service service;
    private final ControlDatabase store;
    private final Oracle oracle;

    Leftovers(Service service) {
        this.service = service;
        store = service.store();
        oracle = new Oracle(service);
    }

    /** Fails when anything is left, once dying processes and sessions have had a moment. */
    void refuse() {
        oracle.refuseFindings();
        try (var files = Files.list(service.temporary())) {
            var left = files.filter(file -> file.getFileName().toString().startsWith("pgbosun"))
                    .toList();
            if (!left.isEmpty()) {
                throw new AssertionError("temporary files are left: " + left);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        var servers = servers(store.directory());
        if (servers.size() != 1) {
            throw new AssertionError("one embedded control database is wanted, there are " + servers);
        }
    }

    /** The servers that run in a data directory. */
    private static Set<String> servers(Path directory) {
        var mark = "-D\0" + directory + "\0";
        var found = new TreeSet<String>();
        ProcessHandle.allProcesses()
                .filter(process -> commandLine(process).contains(mark))
                .forEach(process ->
                        found.add(process.pid() + " " + commandLine(process).replace('\0', ' ')));
        return found;
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", String.valueOf(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return ""; // it has ended, or is another user's
        }
    }
}
