package io.pgbosun.adapter;

import io.pgbosun.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.core.Parser;

/** Asks one query of a caller's own writing for one value, and lets it change nothing. */
final class OneValue {
    private OneValue() {}

    /**
     * In a read-only transaction, through a cursor: the grammar takes nothing but a query there, and the server stops at
     * the first row. A text of several statements could end the transaction, so it is refused, as the driver reads it.
     */
    static Optional<String> ask(Connection connection, String sql) throws SQLException {
        if (Parser.parseJdbcSql(sql, true, false, true, false, false).size() != 1) {
            throw Problem.notPossible("The SQL must be one query, without a semicolon between statements.");
        }
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        JdbcServer.run(connection, "declare pgbosun_value no scroll cursor for " + sql);
        var first =
                JdbcServer.rows(connection, "fetch 1 from pgbosun_value", row -> Optional.ofNullable(row.getString(1)));
        connection.rollback();
        return first.isEmpty() ? Optional.empty() : first.getFirst();
    }
}
