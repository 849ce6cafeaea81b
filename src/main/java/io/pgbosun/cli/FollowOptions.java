package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Option;

/** How an operation is followed to its end. */
final class FollowOptions {
    @Option(
            names = "--progress",
            paramLabel = "plain|bar|none",
            description = "How progress is shown; bar on a terminal, else plain.")
    private String progress;

    /** Answers the operation when it has ended, or is stuck. */
    JsonNode follow(Session session, String id) {
        var farewell = new Thread(() -> session.err()
                .printf(
                        "%nOperation %s goes on by itself.%n  %2$s operations watch %1$s%n  %2$s operations cancel %1$s%n",
                        id, Cli.NAME));
        Runtime.getRuntime().addShutdownHook(farewell);
        try (var display = Display.of(mode(session), session.err())) {
            return new Follow(session.api(), display, id).untilEnd();
        } finally {
            forget(farewell);
        }
    }

    private static void forget(Thread farewell) {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // on our way out already: it has been said
        }
    }

    private Display.Mode mode(Session session) {
        if (progress == null) {
            return session.isTerminal() ? Display.Mode.BAR : Display.Mode.PLAIN;
        }
        return switch (progress) {
            case "plain" -> Display.Mode.PLAIN;
            case "bar" -> Display.Mode.BAR;
            case "none" -> Display.Mode.NONE;
            default -> throw new Misused("--progress must be plain, bar or none, not '" + progress + "'");
        };
    }
}
