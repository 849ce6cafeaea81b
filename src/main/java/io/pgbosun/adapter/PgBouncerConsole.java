package io.pgbosun.adapter;

import io.pgbosun.host.PoolerConsole;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.host.PoolerSocket;
import io.pgbosun.host.PoolerStats;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The console of one PgBouncer; each command is a session of its own. */
final class PgBouncerConsole implements PoolerConsole {
    private static final String CONSOLE = "pgbouncer";
    /** No database can have it, for it holds a character that no configuration takes. */
    private static final String NOBODY = "\u0001";

    private final ConsoleSession session;

    PgBouncerConsole(ConsoleSession session) {
        this.session = session;
    }

    @Override
    public String version() {
        var said = new ConsoleRow(session.ask("SHOW VERSION").getFirst()).text("version");
        return said.replaceFirst("^PgBouncer ", "").replaceFirst(" .*", "");
    }

    @Override
    public List<PoolerDatabase> databases() {
        return rows("SHOW DATABASES")
                .map(row -> new PoolerDatabase(
                        row.text("name"),
                        row.text("host"),
                        row.integer("port"),
                        row.text("database"),
                        row.text("force_user"),
                        row.integer("pool_size"),
                        row.integer("min_pool_size"),
                        row.integer("reserve_pool"),
                        row.text("pool_mode"),
                        row.integer("max_connections"),
                        row.integer("current_connections"),
                        row.truth("paused"),
                        row.truth("disabled")))
                .filter(database -> !database.name().equals(CONSOLE))
                .toList();
    }

    @Override
    public List<PoolerPool> pools() {
        return rows("SHOW POOLS")
                .map(row -> new PoolerPool(
                        row.text("database"),
                        row.text("user"),
                        row.integer("cl_active"),
                        row.integer("cl_waiting"),
                        row.integer("cl_active_cancel_req"),
                        row.integer("cl_waiting_cancel_req"),
                        row.integer("sv_active"),
                        row.integer("sv_active_cancel"),
                        row.integer("sv_being_canceled"),
                        row.integer("sv_idle"),
                        row.integer("sv_used"),
                        row.integer("sv_tested"),
                        row.integer("sv_login"),
                        row.seconds("maxwait"),
                        row.text("pool_mode")))
                .filter(pool -> !pool.database().equals(CONSOLE))
                .toList();
    }

    @Override
    public List<PoolerSocket> clients() {
        return sockets("SHOW CLIENTS");
    }

    @Override
    public List<PoolerSocket> servers() {
        return sockets("SHOW SERVERS");
    }

    private List<PoolerSocket> sockets(String command) {
        return rows(command)
                .map(row -> new PoolerSocket(
                        row.text("type"),
                        row.text("user"),
                        row.text("database"),
                        row.text("state"),
                        row.text("addr"),
                        row.integer("port"),
                        row.text("local_addr"),
                        row.integer("local_port"),
                        row.text("connect_time"),
                        row.text("request_time"),
                        row.seconds("wait"),
                        row.integer("close_needed"),
                        row.text("ptr"),
                        row.text("link"),
                        row.integer("remote_pid"),
                        row.text("tls"),
                        row.text("application_name")))
                .toList();
    }

    @Override
    public List<PoolerStats> stats() {
        return rows("SHOW STATS")
                .map(row -> new PoolerStats(
                        row.text("database"),
                        row.number("total_xact_count"),
                        row.number("total_query_count"),
                        row.number("total_received"),
                        row.number("total_sent"),
                        row.number("total_xact_time"),
                        row.number("total_query_time"),
                        row.number("total_wait_time"),
                        row.number("avg_xact_count"),
                        row.number("avg_query_count"),
                        row.number("avg_recv"),
                        row.number("avg_sent"),
                        row.number("avg_xact_time"),
                        row.number("avg_query_time"),
                        row.number("avg_wait_time")))
                .filter(stats -> !stats.database().equals(CONSOLE))
                .toList();
    }

    @Override
    public Map<String, String> config() {
        var config = new TreeMap<String, String>();
        rows("SHOW CONFIG").forEach(row -> config.put(row.text("key"), row.text("value")));
        return config;
    }

    private Stream<ConsoleRow> rows(String command) {
        return session.ask(command).stream().map(ConsoleRow::new);
    }

    /** Who may only look is refused before PgBouncer sees that there is no such database. */
    @Override
    public void requireAdmin() {
        try {
            say("RESUME", NOBODY);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.PROGRAM_FAILED) {
                throw problem;
            }
        }
    }

    private PoolerDatabase database(String name) {
        return databases().stream()
                .filter(database -> database.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("The pooler at "
                        + session.endpoint().display() + " has no database '" + name
                        + "'; apply its configuration first."));
    }

    @Override
    public boolean isPaused(String database) {
        return database(database).paused()
                && pools().stream()
                        .filter(pool -> pool.database().equals(database))
                        .allMatch(pool -> pool.svActive() == 0);
    }

    @Override
    public void pause(String database, Duration atMost) {
        try {
            say("PAUSE", database, atMost);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.TOO_SLOW) {
                throw problem;
            }
            resume(database);
            throw Problem.of(
                    ProblemType.TOO_SLOW,
                    "Transactions on '%s' did not end within %d s, so the pooler at %s lets others run again; end the long ones first."
                            .formatted(
                                    database,
                                    atMost.toSeconds(),
                                    session.endpoint().display()));
        }
    }

    @Override
    public void resume(String database) {
        if (database(database).paused()) {
            say("RESUME", database);
        }
    }

    @Override
    public void kill(String database) {
        say("KILL", database);
    }

    @Override
    public void reconnect(String database) {
        say("RECONNECT", database);
    }

    @Override
    public void disable(String database) {
        say("DISABLE", database);
    }

    @Override
    public void enable(String database) {
        say("ENABLE", database);
    }

    @Override
    public void reload() {
        session.ask("RELOAD");
    }

    private void say(String verb, String database) {
        session.ask(verb + " " + Identifiers.quote(database));
    }

    private void say(String verb, String database, Duration atMost) {
        session.ask(verb + " " + Identifiers.quote(database), atMost);
    }

    /** A row of which every version of PgBouncer tells other columns, and of other types. */
    private record ConsoleRow(Row row) {
        String text(String column) {
            var at = row.getColumnIndex(column);
            var value = at < 0 ? null : row.getValue(at);
            return value == null ? null : value.toString();
        }

        Long number(String column) {
            var text = text(column);
            return text == null || text.isEmpty() ? null : Long.valueOf(text.replaceFirst("\\..*", ""));
        }

        Integer integer(String column) {
            var number = number(column);
            return number == null ? null : Math.toIntExact(number);
        }

        /** Which PgBouncer tells in two columns. */
        Double seconds(String column) {
            var micros = number(column + "_us");
            return number(column) == null ? null : number(column) + (micros == null ? 0 : micros / 1e6);
        }

        boolean truth(String column) {
            var text = text(column);
            return text != null && !text.equals("0") && !text.equals("f") && !text.equals("false");
        }
    }
}
