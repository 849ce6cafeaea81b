package io.pgbosun.adapter;

import io.pgbosun.secret.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.util.PasswordUtil;

/** Roles that standbys log in with. */
final class ReplicationRole {
    private ReplicationRole() {}

    /** The server is told the verifier alone, and its log nothing. */
    static Void put(Connection connection, String role, Secret password) throws SQLException {
        var known = !JdbcServer.rows(connection, "select from pg_roles where rolname = ?", row -> true, role)
                .isEmpty();
        var verifier = PasswordUtil.encodeScramSha256(password.reveal().toCharArray());
        JdbcServer.run(connection, "set log_statement = 'none'");
        JdbcServer.run(
                connection,
                (known ? "alter role " : "create role ") + Identifiers.quote(role) + " login replication password '"
                        + verifier + "'");
        return null;
    }
}
