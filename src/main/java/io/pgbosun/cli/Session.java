package io.pgbosun.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a command works with.
 *
 * @param out for results
 * @param err for progress and for what went wrong, so that results stay parseable
 * @param isTerminal whether a person sees lines being redrawn
 * @param prompt asks a person for a secret; empty when there is nobody to ask
 */
record Session(
        Api api, PrintStream out, PrintStream err, boolean isTerminal, Function<String, Optional<char[]>> prompt) {

    static Session ofProcess(Map<String, String> environment) {
        var console = System.console();
        var isTerminal = console != null && console.isTerminal();
        return new Session(
                new Api(Settings.of(environment)),
                System.out,
                System.err,
                isTerminal,
                text -> isTerminal ? Optional.ofNullable(console.readPassword("%s", text)) : Optional.empty());
    }

    String environment(String name) {
        return api.settings().environment().get(name);
    }
}
