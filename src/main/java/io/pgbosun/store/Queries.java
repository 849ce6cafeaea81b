package io.pgbosun.store;

import java.util.List;
import java.util.Optional;

/**
 * SQL on the control database, alone or inside a transaction; parameters are {@code $1}, {@code $2}, … and may be
 * strings, numbers, booleans, UUIDs, Instants, enums (by name) and arrays of these.
 *
 * <p>A control database that does not answer is a problem {@code unreachable}.
 */
public interface Queries {
    List<Row> query(String sql, Object... parameters);

    /** Runs a statement and returns how many rows it changed. */
    int update(String sql, Object... parameters);

    default Optional<Row> one(String sql, Object... parameters) {
        return query(sql, parameters).stream().findFirst();
    }
}
