package io.pgbosun.process;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What answers to generated requests were, and what was wrong with them. */
final class Findings {
    private static final Pattern INSIDE = Pattern.compile(
            "\\b(java|javax|jakarta)\\.[a-z]|\\bio\\.(pgbosun|quarkus|vertx"
                    + "|netty|smallrye|grpc)\\.|com\\.(fasterxml|google)\\.[a-z]+\\.|org\\.(postgresql|jboss|hibernate)\\.|Exception\\b|\\tat ");
    private static final int MOST_SHOWN = 40;

    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Set<String> kinds = ConcurrentHashMap.newKeySet();

    void count(String outcome) {
        counts.merge(outcome, 1, Integer::sum);
    }

    /** Keeps the first of each kind whole. */
    void wrong(String kind, String request, String answer) {
        count("WRONG " + kind);
        if (kinds.add(kind)) {
            wrong.add(kind + "\n  " + shortened(request) + "\n  -> " + shortened(answer));
        }
    }

    private static String shortened(String text) {
        var shown = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\0", "\\0");
        return shown.length() > 900 ? shown.substring(0, 900) + "… (" + shown.length() + ")" : shown;
    }

    /** Whether an answer tells of our insides. */
    static boolean inside(String answer) {
        return INSIDE.matcher(answer).find();
    }

    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    int total() {
        return counts.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("WRONG"))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** Refuses when anything was wrong, with what the service's log says of its bugs. */
    void refuseAny(String log) {
        if (!wrong.isEmpty()) {
            var bugs = log.lines().filter(line -> line.contains("\"bug ")).limit(MOST_SHOWN);
            throw new AssertionError(wrong.size() + " kinds of wrong answers:\n"
                    + wrong.stream().limit(MOST_SHOWN).reduce("", (a, b) -> a + b + "\n")
                    + bugs.map(line -> line.substring(0, Math.min(line.length(), 4_000)))
                            .collect(Collectors.joining("\n")));
        }
    }
}
