package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rows in aligned columns, figures to the right. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> headers;
    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] right;

    Table(String... headers) {
        this.headers = List.of(headers);
        this.right = new boolean[headers.length];
    }

    /** A row for each item, with the given fields; {@code field:header} gives a column another header, {@code of.field} is within. */
    static Table of(JsonNode items, String... columns) {
        var table = new Table(Arrays.stream(columns)
                .map(column ->
                        Format.words(column.substring(column.indexOf(':') + 1)).toUpperCase(Locale.ROOT))
                .toArray(String[]::new));
        var fields = Arrays.stream(columns)
                .map(column -> column.replaceFirst(":.*", ""))
                .toArray(String[]::new);
        for (var item : items) {
            table.add(item, fields);
        }
        return table;
    }

    private void add(JsonNode item, String[] fields) {
        var cells = new String[fields.length];
        for (var i = 0; i < fields.length; i++) {
            var value = item.at("/" + fields[i].replace('.', '/'));
            cells[i] = Format.value(fields[i], value);
            right[i] |= Format.isFigure(fields[i], value);
        }
        row((Object[]) cells);
    }

    Table row(Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toList());
        return this;
    }

    /** Makes a column one of figures. */
    Table right(int column) {
        right[column] = true;
        return this;
    }

    void print(PrintStream out, String indent) {
        line(out, indent, headers);
        rows.forEach(row -> line(out, indent, row));
    }

    private void line(PrintStream out, String indent, List<String> cells) {
        var text = new StringBuilder(indent);
        for (var i = 0; i < cells.size(); i++) {
            var cell = cells.get(i);
            var padding = " ".repeat(width(i) - length(cell));
            text.append(i == 0 ? "" : GAP).append(right[i] ? padding + cell : cell + padding);
        }
        out.println(text.toString().stripTrailing());
    }

    private int width(int column) {
        var width = length(headers.get(column));
        for (var row : rows) {
            width = Math.max(width, length(row.get(column)));
        }
        return width;
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
