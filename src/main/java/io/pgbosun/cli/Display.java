package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** Shows an operation while it runs. */
interface Display extends AutoCloseable {
    /** Something happened to it. */
    void show(JsonNode event);

    /** Something that its events do not tell. */
    void say(String line);

    /** Called several times a second. */
    default void tick() {}

    @Override
    default void close() {}

    /** How it is shown. */
    enum Mode {
        PLAIN,
        BAR,
        NONE
    }

    static Display of(Mode mode, PrintStream out) {
        return switch (mode) {
            case PLAIN -> new ProgressLines(out);
            case BAR -> new ProgressLine(out, TerminalWidth.find());
            case NONE -> new Silence();
        };
    }

    /** Shows nothing. */
    final class Silence implements Display {
        @Override
        public void show(JsonNode event) {}

        @Override
        public void say(String line) {}
    }
}
