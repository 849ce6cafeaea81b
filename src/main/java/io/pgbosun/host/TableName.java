package io.pgbosun.host;

/**
 * A relation's name in its schema, unquoted.
 *
 * @param schema such as {@code public}
 * @param name such as {@code orders}
 */
public record TableName(String schema, String name) {
    /** {@code schema.name}, or {@code name} alone for the schema {@code public}. */
    public static TableName parse(String text) {
        var dot = text.indexOf('.');
        return dot < 0 ? new TableName("public", text) : new TableName(text.substring(0, dot), text.substring(dot + 1));
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
