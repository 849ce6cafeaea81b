package io.pgbosun.adapter;

import io.pgbosun.host.TableName;
import io.pgbosun.problem.Problem;
import java.nio.charset.StandardCharsets;

/** Names as PostgreSQL's grammar takes them, whatever is in them. */
final class Identifiers {
    private static final int MOST_BYTES = 63;

    private Identifiers() {}

    /** In double quotes; a name that PostgreSQL would refuse or silently cut short is a problem. */
    static String quote(String name) {
        return '"' + checked(name).replace("\"", "\"\"") + '"';
    }

    /** As it is, for where a name is a parameter: functions cut it short as silently as the grammar does. */
    static String checked(String name) {
        if (name == null || name.isEmpty()) {
            throw Problem.notPossible("A name in PostgreSQL cannot be empty.");
        }
        if (name.indexOf('\0') >= 0) {
            throw Problem.notPossible("A name in PostgreSQL cannot hold a NUL character.");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw Problem.notPossible(
                    "The name '" + name + "' is longer than 63 bytes, which PostgreSQL would cut off.");
        }
        return name;
    }

    static String quote(TableName name) {
        return quote(name.schema()) + "." + quote(name.name());
    }
}
