package io.pgbosun.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How many characters fit on a line of the terminal. */
final class TerminalWidth {
    private static final int USUAL = 80;
    private static final int LEAST = 40;

    private TerminalWidth() {}

    /** Java does not know it; {@code stty} does. */
    static int find() {
        try {
            var stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            var width = Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
            return width == 0 ? USUAL : Math.max(LEAST, width);
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL;
        }
    }
}
