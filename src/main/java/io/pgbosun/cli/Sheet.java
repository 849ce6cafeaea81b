package io.pgbosun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.Set;

/** One thing with all its fields, a line each; then the things in it, lists of things as tables. */
final class Sheet {
    private static final String INDENT = "  ";

    private Sheet() {}

    static void print(PrintStream out, JsonNode thing, String indent) {
        var width = thing.properties().stream()
                .filter(entry -> isLine(entry.getValue()))
                .mapToInt(entry -> Format.words(entry.getKey()).length())
                .max()
                .orElse(0);
        for (var entry : thing.properties()) {
            if (isLine(entry.getValue())) {
                var words = Format.words(entry.getKey());
                var value = Format.value(entry.getKey(), entry.getValue());
                out.println(indent + words + " ".repeat(width - words.length()) + INDENT + value);
            }
        }
        for (var entry : thing.properties()) {
            if (isDeep(entry.getValue())) {
                out.println(indent + Format.words(entry.getKey()));
                deep(out, entry.getValue(), indent + INDENT);
            }
        }
    }

    private static void deep(PrintStream out, JsonNode value, String indent) {
        if (value.isObject()) {
            print(out, value, indent);
        } else if (value.get(0).isObject()) {
            Table.of(value, fields(value).toArray(String[]::new)).print(out, indent);
        } else {
            value.forEach(item -> out.println(indent + Format.value("", item)));
        }
    }

    private static Set<String> fields(JsonNode items) {
        var fields = new LinkedHashSet<String>();
        items.forEach(item -> item.fieldNames().forEachRemaining(fields::add));
        return fields;
    }

    private static boolean isLine(JsonNode value) {
        return !isEmpty(value) && !isDeep(value);
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull()
                || value.isContainerNode() && value.isEmpty()
                || value.isTextual() && value.asText().isEmpty();
    }

    /** What does not fit on a line: objects that hold more than labels do, and lists of objects or sentences. */
    private static boolean isDeep(JsonNode value) {
        if (value.isObject()) {
            return value.size() > 4
                    || value.properties().stream()
                            .anyMatch(entry -> entry.getValue().isContainerNode());
        }
        return value.isArray()
                && !value.isEmpty()
                && (value.get(0).isObject() || Format.value("", value).length() > 80);
    }
}
