package io.pgbosun.patroni;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The dynamic configuration of Patroni, a tree, as settings by their paths. */
final class DynamicSettings {
    private static final Pattern SECRET = Pattern.compile("(?i).*(password|passwd|secret|token|conninfo)[^.]*");

    private DynamicSettings() {}

    /** Every leaf by its path, such as {@code postgresql.parameters.work_mem}, as text; what may hold a secret is hidden. */
    static Map<String, String> flat(Map<String, Object> tree) {
        var flat = new TreeMap<String, String>();
        collect("", tree, flat);
        return flat;
    }

    private static void collect(String prefix, Map<?, ?> tree, Map<String, String> flat) {
        tree.forEach((name, value) -> {
            var path = prefix + name;
            if (value instanceof Map<?, ?> branch) {
                collect(path + ".", branch, flat);
            } else {
                flat.put(path, SECRET.matcher(path).matches() ? "***" : String.valueOf(value));
            }
        });
    }

    /** The value at a path; null when there is none. */
    static Object at(Map<String, Object> tree, String path) {
        Object node = tree;
        for (var name : path.split("\\.")) {
            node = node instanceof Map<?, ?> branch ? branch.get(name) : null;
        }
        return node;
    }

    /** The tree that changes these paths alone; a value of null removes. */
    static Map<String, Object> change(Map<String, Object> values) {
        var tree = new HashMap<String, Object>();
        values.forEach((path, value) -> {
            Map<String, Object> node = tree;
            var names = path.split("\\.");
            for (var depth = 0; depth < names.length - 1; depth++) {
                node = branch(node, names[depth]);
            }
            node.put(names[names.length - 1], value);
        });
        return tree;
    }

    @SuppressWarnings("unchecked") // there are none but those made here
    private static Map<String, Object> branch(Map<String, Object> node, String name) {
        return (Map<String, Object>) node.computeIfAbsent(name, absent -> new HashMap<String, Object>());
    }

    /** What reads as a number or a truth value is one. */
    static Object typed(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        if (text.matches("-?(0|[1-9][0-9]{0,17})")) {
            return Long.valueOf(text);
        }
        return text.matches("-?(0|[1-9][0-9]{0,17})\\.[0-9]{1,17}") ? (Object) Double.valueOf(text) : text;
    }
}
