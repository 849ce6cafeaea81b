package io.pgbosun.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** A document in Markdown, as far as tests look at it. */
record Page(String name, String text) {
    static Page of(String name) {
        try {
            return new Page(name, Files.readString(Path.of(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A block of code that an HTML comment stands before: {@code <!-- example: curl buf -->} or {@code <!-- verbatim: FILE -->}.
     *
     * @param says what is behind the colon
     */
    record Block(int line, String says, String code) {}

    /** A command and what it is to say. */
    record Example(String command, String output) {}

    /** The blocks that a comment of this word stands before. */
    List<Block> blocks(String word) {
        var blocks = new ArrayList<Block>();
        var found = Pattern.compile(
                        "<!-- " + word + "(?:: (?<says>[^\\n]*))? -->\\n```\\w*\\n(?<code>.*?)\\n```", Pattern.DOTALL)
                .matcher(text);
        while (found.find()) {
            var line = (int) text.substring(0, found.start()).lines().count() + 1;
            var says = found.group("says") == null ? "" : found.group("says");
            blocks.add(new Block(line, says, found.group("code")));
        }
        return blocks;
    }

    /** Lines beginning with {@code $ } are commands, the others what the one before says. */
    static List<Example> examples(Block block) {
        var examples = new ArrayList<Example>();
        for (var part : block.code().split("(?m)^\\$ ")) {
            if (!part.isEmpty()) {
                var cut = part.indexOf('\n');
                examples.add(
                        cut < 0 ? new Example(part, "") : new Example(part.substring(0, cut), part.substring(cut + 1)));
            }
        }
        return examples;
    }

    /** The rows of every table below a heading, each as its cells. */
    List<List<String>> rows(String heading) {
        var start = text.indexOf("\n## " + heading + "\n");
        if (start < 0) {
            throw new AssertionError(name + " has no part '" + heading + "'");
        }
        var end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    /** Whether the text is what was expected, where … stands for anything and blanks are not counted. */
    static boolean fits(String expected, String said) {
        var pattern = Arrays.stream(even(expected).split("…", -1))
                .map(Pattern::quote)
                .reduce((left, right) -> left + ".*?" + right)
                .orElse("");
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(even(said)).matches();
    }

    private static String even(String text) {
        return text.replaceAll("[ \\t\\r]+", " ")
                .replaceAll(" ?\\n ?", "\n")
                .replaceAll("\\n{2,}", "\n")
                .strip();
    }
}
