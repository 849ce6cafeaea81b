package io.pgbosun.adapter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The launcher {@code pgbosun-host}: the one command that is run on a host, and how it is asked. */
final class HostLauncher {
    /** The same for every request: values go through standard input, each ended by a NUL. */
    static final String COMMAND = "bash -c '" + text().replace("'", "'\\''") + "'";

    /** What it says first, on standard error: with its process and its process group. */
    static final String GREETING = "pgbosun-host (\\d+) (\\d+)";

    private static final String VERSION = "1";
    private static final String SAYS = "pgbosun-host: ";
    private static final int REFUSED = 97;

    private HostLauncher() {}

    private static String text() {
        try (var resource = HostLauncher.class.getResourceAsStream("pgbosun-host")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("pgbosun-host is not in the program", e);
        }
    }

    static byte[] request(String verb, List<String> values) {
        var request = new ByteArrayOutputStream();
        put(request, VERSION);
        put(request, verb);
        values.forEach(value -> put(request, value));
        return request.toByteArray();
    }

    private static void put(ByteArrayOutputStream request, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no argument of a program holds a NUL");
        }
        request.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        request.write(0);
    }

    /** A list, with its length before it. */
    static List<String> list(Collection<String> values) {
        var list = new ArrayList<String>();
        list.add(String.valueOf(values.size()));
        list.addAll(values);
        return list;
    }

    /** Whether it was the launcher that ended so, and not what it was to run. */
    static boolean hasRefused(ProgramOutcome outcome) {
        return outcome.exitCode() == REFUSED && outcome.errors().startsWith(SAYS);
    }

    /** Why it could not be done: the launcher's reason, or what the program said. */
    static String said(ProgramOutcome outcome) {
        return hasRefused(outcome) ? reason(outcome) : outcome.errors();
    }

    /** Why it has refused. */
    static String reason(ProgramOutcome outcome) {
        return outcome.errors().substring(SAYS.length()).strip();
    }
}
