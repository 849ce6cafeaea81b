package io.pgbosun.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What the heap of another JVM holds, by jcmd. */
final class Heap {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private Heap() {}

    /** Bytes of the objects that are reachable; a full collection is made to find out. */
    static long afterCollection(long pid) {
        var histogram = jcmd(pid, "GC.class_histogram");
        var total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new AssertionError("no histogram: " + histogram);
        }
        return Long.parseLong(total.group(1));
    }

    private static String jcmd(long pid, String command) {
        try {
            var process = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/jcmd", String.valueOf(pid), command)
                    .redirectErrorStream(true)
                    .start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
