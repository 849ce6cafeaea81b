package io.pgbosun.adapter;

import io.pgbosun.host.ServerSetting;
import io.pgbosun.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.postgresql.core.Utils;

/** Reads settings of a server and changes them with {@code ALTER SYSTEM}. */
final class SystemSettings {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*([.][a-z_][a-z0-9_]*)?");
    private static final String SETTING = """
            select s.setting,
                   (select f.setting from pg_file_settings f
                    where f.name = s.name and f.sourcefile like '%/postgresql.auto.conf'
                    order by f.seqno desc limit 1) as altered
            from pg_settings s where s.name = ?""";

    private SystemSettings() {}

    static ServerSetting read(Connection connection, String name) throws SQLException {
        return JdbcServer.rows(
                        connection,
                        SETTING,
                        row -> new ServerSetting(row.getString("setting"), row.getString("altered")),
                        checked(name))
                .stream()
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("The server has no setting '" + name + "'."));
    }

    /** The grammar takes no parameter there, and no transaction around it. */
    static void alter(Connection connection, String name, String value) throws SQLException {
        if (value == null) {
            JdbcServer.run(connection, "alter system reset " + checked(name));
            return;
        }
        JdbcServer.run(connection, "set standard_conforming_strings = on");
        JdbcServer.run(
                connection,
                "alter system set " + checked(name) + " = '" + Utils.escapeLiteral(null, value, true) + "'");
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.notPossible("'" + name + "' is not the name of a setting.");
        }
        return name;
    }
}
