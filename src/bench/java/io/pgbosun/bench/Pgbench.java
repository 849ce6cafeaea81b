package io.pgbosun.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Runs one statement of the service with pgbench. */
final class Pgbench {
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    private static final Pattern LATENCY = Pattern.compile("latency average = ([0-9.]+) ms");
    private static final Pattern FAILED = Pattern.compile("number of failed transactions: ([1-9]\\d*)");

    /** What is due while pgbench still connects is late from the start. */
    private static final int CONNECTING_SECONDS = 1;

    private final Stage stage;
    private final String name;
    private final List<String> variables = new ArrayList<>();
    private final String script;
    private int runs;

    /**
     * @param setup what pgbench computes before each call
     * @param changing SQL for values that differ from call to call
     */
    Pgbench(Stage stage, String name, Statement statement, String setup, Map<String, String> changing) {
        this.stage = stage;
        this.name = name;
        script = setup + statement.forPgbench(types(stage.postgres(), statement), changing);
        var number = 0;
        for (var value : statement.parameters()) {
            number++;
            if (value != null && !value.isEmpty() && !changing.containsKey(value)) {
                variables.addAll(List.of("-D", "p" + number + "=" + value));
            }
        }
    }

    private static List<String> types(Postgres postgres, Statement statement) {
        try (var connection = postgres.open(Postgres.DATABASE);
                var session = connection.createStatement()) {
            session.execute("prepare captured as " + statement.sql());
            var rows = session.executeQuery(
                    "select unnest(parameter_types)::text from pg_prepared_statements where name = 'captured'");
            var types = new ArrayList<String>();
            while (rows.next()) {
                types.add(rows.getString(1));
            }
            return types;
        } catch (SQLException e) {
            throw new IllegalStateException(statement.sql(), e);
        }
    }

    /** What a run came to. */
    record Outcome(double perSecond, double millis) {}

    Outcome forSeconds(String database, int clients, int seconds) {
        return run(database, clients, runs++, "-T", String.valueOf(seconds));
    }

    /** With one client, so that what it takes is the time of a call. */
    Outcome forCalls(String database, int calls, int run) {
        return run(database, 1, run, "-t", String.valueOf(calls));
    }

    /** How long calls take at a fixed rate, in microseconds from when each was due. */
    Histogram fixedRate(String database, int clients, int perSecond, int seconds) {
        return fixedRate(database, clients, runs++, perSecond, "-T", String.valueOf(seconds));
    }

    /** How long calls of one client take at a fixed rate, in microseconds from when each was due. */
    Histogram forCallsAt(int perSecond, String database, int calls, int run) {
        return fixedRate(database, 1, run, perSecond, "-t", String.valueOf(calls));
    }

    private Histogram fixedRate(String database, int clients, int run, int perSecond, String... length) {
        var log = stage.file(name + "-log");
        run(
                database,
                clients,
                run,
                Stream.concat(
                                Stream.of(length),
                                Stream.of("-R", String.valueOf(perSecond), "-l", "--log-prefix=" + log))
                        .toArray(String[]::new));
        var micros = new Histogram(60_000_000L, 3);
        try (var logs = Files.newDirectoryStream(log.getParent(), log.getFileName() + ".*")) {
            for (var one : logs) {
                var lines = Files.readAllLines(one).stream()
                        .map(line -> line.split(" "))
                        .toList();
                var begun = Long.parseLong(lines.getFirst()[4]) + CONNECTING_SECONDS;
                lines.stream()
                        .filter(line -> Long.parseLong(line[4]) > begun)
                        .forEach(line -> micros.recordValue(Long.parseLong(line[2])));
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return micros;
    }

    private Outcome run(String database, int clients, int run, String... length) {
        var file = stage.file(name + ".sql", script);
        var command = new ArrayList<>(List.of(
                Programs.postgres("pgbench"),
                "-n",
                "-M",
                "prepared",
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
                "-p",
                String.valueOf(stage.postgres().port()),
                "-c",
                String.valueOf(clients),
                "-j",
                "1",
                "-f",
                file.toString(),
                "-D",
                "run=" + run,
                "-D",
                "n=0"));
        command.addAll(List.of(length));
        command.addAll(variables);
        command.add(database);
        var output = Programs.run(command);
        if (FAILED.matcher(output).find() || output.contains("aborted")) {
            throw new IllegalStateException(output);
        }
        return new Outcome(read(RATE, output), read(LATENCY, output));
    }

    static double read(Pattern pattern, String output) {
        var matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in:\n" + output);
        }
        return Double.parseDouble(matcher.group(1).toLowerCase(Locale.ROOT));
    }
}
