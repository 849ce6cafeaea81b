package io.pgbosun.operation;

import java.util.ArrayList;
import java.util.List;

/** The conditions that a list was asked for, so that the planner sees these and no others, with their parameters. */
final class Where {
    private final StringBuilder sql = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    void and(String condition) {
        sql.append(sql.isEmpty() ? " where " : " and ").append(condition);
    }

    /** A condition with one parameter, in the place of {@code %s}; none at all when the value is null. */
    void and(String condition, Object value) {
        if (value != null) {
            and(condition.formatted(parameter(value)));
        }
    }

    /** Adds a parameter and answers its place, such as {@code $2}. */
    String parameter(Object value) {
        parameters.add(value);
        return "$" + parameters.size();
    }

    String sql() {
        return sql.toString();
    }

    Object[] parameters() {
        return parameters.toArray();
    }
}
