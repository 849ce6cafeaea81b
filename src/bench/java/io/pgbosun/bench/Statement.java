package io.pgbosun.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement that the service has sent, read from the log of its PostgreSQL server: so pgbench runs the very SQL of the
 * service, and no copy of it can grow old.
 *
 * @param parameters the values, null for NULL
 */
record Statement(String sql, List<String> parameters) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern EXECUTED = Pattern.compile("execute [^:]*: (.*)", Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile("\\$\\d+ = (NULL|'((?:[^']++|'')*+)')");

    /** What the services send while the body runs, in the order in which they send it. */
    static List<Statement> during(Postgres postgres, Runnable body) {
        postgres.run("postgres", "alter system set log_statement = 'all'", "select pg_reload_conf()");
        var before = 0;
        try {
            Service.pause(300); // sessions read their settings anew when they are next asked something
            before = lines(postgres).size();
            body.run();
            Service.pause(300);
        } finally {
            postgres.run("postgres", "alter system reset log_statement", "select pg_reload_conf()");
        }
        var all = lines(postgres);
        return all.subList(before, all.size()).stream()
                .map(Statement::parse)
                .filter(statement -> statement != null)
                .toList();
    }

    private static List<String> lines(Postgres postgres) {
        try {
            return Files.readAllLines(postgres.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Statement parse(String line) {
        try {
            var entry = JSON.readTree(line);
            var executed = EXECUTED.matcher(entry.path("message").asText());
            if (!entry.path("application_name").asText().equals("pgbosun-service") || !executed.matches()) {
                return null;
            }
            var parameters = new ArrayList<String>();
            var matcher = PARAMETER.matcher(entry.path("detail").asText());
            while (matcher.find()) {
                parameters.add(
                        matcher.group(2) == null ? null : matcher.group(2).replace("''", "'"));
            }
            return new Statement(executed.group(1), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first that holds all these words. */
    static Statement find(List<Statement> statements, String... words) {
        return statements.stream()
                .filter(statement -> List.of(words).stream().allMatch(statement.sql()::contains))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("no statement with " + List.of(words) + " among " + statements));
    }

    /**
     * As pgbench takes it with {@code -M prepared}: the parameters stay parameters, of the type that the server has
     * inferred. A variable that pgbench does not know is sent as NULL.
     *
     * @param changing SQL for values that differ from call to call
     */
    String forPgbench(List<String> types, Map<String, String> changing) {
        if (Pattern.compile("(?<!:):[A-Za-z_]").matcher(sql).find()) {
            throw new IllegalStateException("pgbench would take a part of this for a variable: " + sql);
        }
        return Pattern.compile("\\$(\\d+)").matcher(sql).replaceAll(match -> {
                    var number = Integer.parseInt(match.group(1));
                    var value = parameters.get(number - 1);
                    var text = value == null
                            ? ":none"
                            : value.isEmpty() ? "''" : changing.getOrDefault(value, ":p" + number);
                    return Matcher.quoteReplacement(text + "::" + types.get(number - 1));
                })
                + ";\n";
    }
}
