package io.pgbosun.replication;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * For whom commits wait: the setting {@code synchronous_standby_names}.
 *
 * @param number how many of them must have a commit; 0 when commits wait for nobody
 * @param names {@code *} stands for all
 * @see <a href="https://www.postgresql.org/docs/15/runtime-config-replication.html">synchronous_standby_names</a>
 */
record SynchronousStandbys(int number, List<String> names) {
    private static final Pattern COUNTED =
            Pattern.compile("\\s*(?:(?:ANY|FIRST)\\s+)?(\\d+)\\s*\\((.*)\\)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")*)\"|([^\\s,]+)");

    static SynchronousStandbys parse(String setting) {
        if (setting.isBlank()) {
            return new SynchronousStandbys(0, List.of());
        }
        var counted = COUNTED.matcher(setting);
        var list = counted.matches() ? counted.group(2) : setting;
        var names = NAME.matcher(list)
                .results()
                .map(name ->
                        name.group(1) == null ? name.group(2) : name.group(1).replace("\"\"", "\""))
                .toList();
        return new SynchronousStandbys(counted.matches() ? Integer.parseInt(counted.group(1)) : 1, names);
    }

    /** How many of these commits may wait for. */
    int among(List<String> streaming) {
        return (int) streaming.stream()
                .distinct()
                .filter(name -> names.contains("*") || names.stream().anyMatch(name::equalsIgnoreCase))
                .count();
    }

    /** As the setting is written; empty for nobody. */
    String text(ConfigureReplication.Method method) {
        return number == 0
                ? ""
                : names.stream()
                        .map(name -> "\"" + name + "\"")
                        .collect(Collectors.joining(", ", method + " " + number + " (", ")"));
    }
}
