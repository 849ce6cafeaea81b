package io.pgbosun.adapter;

import io.pgbosun.host.ServerConfiguration;
import io.pgbosun.host.ServerSetting;
import io.pgbosun.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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

    /** That a setting can only be taken in by a restart is no error. */
    private static final String CONFIGURATION = """
            select array(select name from pg_settings where pending_restart order by name),
                   array(select format('%s:%s: %s: %s', sourcefile, sourceline, name, error) from pg_file_settings
                         where error is not null and not (error = 'setting could not be applied'
                           and name in (select name from pg_settings where context = 'postmaster')) order by seqno)""";

    private static final int LOOKS = 250;

    private SystemSettings() {}

    static ServerConfiguration configuration(Connection connection) throws SQLException {
        return JdbcServer.rows(
                        connection,
                        CONFIGURATION,
                        row -> new ServerConfiguration(
                                List.of((String[]) row.getArray(1).getArray()),
                                List.of((String[]) row.getArray(2).getArray())))
                .getFirst();
    }

    /**
     * The server is told by a signal, and this session by another one after it: waits for that, but not for ever, since files
     * with an error are not taken in.
     */
    static Void reload(Connection connection) throws SQLException {
        var before = loaded(connection);
        JdbcServer.run(connection, "select pg_reload_conf()");
        for (var looks = 0; looks < LOOKS && loaded(connection).equals(before); looks++) {
            JdbcServer.run(connection, "select pg_sleep(0.02)");
        }
        return null;
    }

    private static String loaded(Connection connection) throws SQLException {
        return JdbcServer.rows(connection, "select pg_conf_load_time()::text", row -> row.getString(1))
                .getFirst();
    }

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
    static Void alter(Connection connection, String name, String value) throws SQLException {
        if (value == null) {
            JdbcServer.run(connection, "alter system reset " + checked(name));
            return null;
        }
        JdbcServer.run(connection, "set standard_conforming_strings = on");
        JdbcServer.run(
                connection,
                "alter system set " + checked(name) + " = '" + Utils.escapeLiteral(null, value, true) + "'");
        return null;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.notPossible("'" + name + "' is not the name of a setting.");
        }
        return name;
    }
}
