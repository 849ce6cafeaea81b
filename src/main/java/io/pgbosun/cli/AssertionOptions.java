package io.pgbosun.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What must be true of what was restored. */
final class AssertionOptions {
    private static final String DATABASE = "\\s*(?:\"(?<quoted>[^\"]+)\"|(?<database>[^.\":\\s]+))\\s*";
    private static final Pattern ROWS = Pattern.compile(DATABASE + "\\.(?<table>.+?)\\s*>=\\s*(?<rows>\\d{1,18})\\s*");
    private static final Pattern FRESH = Pattern.compile(
            DATABASE + "\\.(?<table>.+)\\.(?<column>[^.]+?)\\s*<=\\s*(?<age>\\d{1,9})\\s*(?<unit>[smhd])\\s*");
    /** PostgreSQL has no operator {@code ==}, so that it cannot be mistaken for a part of the query. */
    private static final Pattern SQL =
            Pattern.compile(DATABASE + ":\\s*(?<query>.+?)\\s*(?:==\\s*(?<expected>.*?))?\\s*", Pattern.DOTALL);

    private static final Map<String, Long> SECONDS = Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);

    @Option(
            names = "--rows",
            paramLabel = "DATABASE.TABLE>=N",
            description = "The table has at least so many rows; repeatable.")
    private List<String> rows;

    @Option(
            names = "--fresh",
            paramLabel = "DATABASE.TABLE.COLUMN<=AGE",
            description =
                    "The newest timestamp was at most so old when the backup began, such as 90s, 15m, 1h or 7d; repeatable.")
    private List<String> fresh;

    @Option(
            names = "--amcheck",
            paramLabel = "DATABASE",
            description = "amcheck finds nothing wrong with its tables and B-tree indexes; repeatable.")
    private List<String> amcheck;

    @Option(
            names = "--sql",
            paramLabel = "DATABASE: QUERY [== VALUE]",
            description = "The query's first value is this, t (true) when left out; repeatable.")
    private List<String> sql;

    List<Body> bodies() {
        var bodies = new ArrayList<Body>();
        addAll(bodies, rows, AssertionOptions::rows);
        addAll(bodies, fresh, AssertionOptions::fresh);
        addAll(bodies, amcheck, AssertionOptions::amcheck);
        addAll(bodies, sql, AssertionOptions::sql);
        return bodies;
    }

    private static void addAll(List<Body> bodies, List<String> texts, Function<String, Body> reader) {
        if (texts != null) {
            texts.stream().map(reader).forEach(bodies::add);
        }
    }

    static Body rows(String text) {
        var found = match(ROWS, text, "--rows", "demo.orders>=1000");
        return body("ROW_COUNT", found)
                .text("table", found.group("table"))
                .number("atLeast", Long.valueOf(found.group("rows")));
    }

    static Body fresh(String text) {
        var found = match(FRESH, text, "--fresh", "demo.orders.created_at<=1h");
        return body("FRESHNESS", found)
                .text("table", found.group("table"))
                .text("column", found.group("column"))
                .number("maxAgeSeconds", Long.parseLong(found.group("age")) * SECONDS.get(found.group("unit")));
    }

    static Body amcheck(String database) {
        return Body.of().text("type", "AMCHECK").text("database", database);
    }

    static Body sql(String text) {
        var found = match(SQL, text, "--sql", "demo: select min(amount) >= 0 from orders");
        return body("SQL", found).text("query", found.group("query")).text("expected", found.group("expected"));
    }

    private static Body body(String type, Matcher found) {
        var quoted = found.group("quoted");
        return Body.of().text("type", type).text("database", quoted == null ? found.group("database") : quoted);
    }

    private static Matcher match(Pattern pattern, String text, String option, String example) {
        var matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new Misused("%s must be like '%s', not '%s'".formatted(option, example, text));
        }
        return matcher;
    }
}
