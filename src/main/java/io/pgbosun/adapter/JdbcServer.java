package io.pgbosun.adapter;

import io.pgbosun.host.ArchiverFacts;
import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.LockGuard;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.host.Progress;
import io.pgbosun.host.ReplicationState;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerActivity;
import io.pgbosun.host.ServerConfiguration;
import io.pgbosun.host.ServerContent;
import io.pgbosun.host.ServerFacts;
import io.pgbosun.host.ServerSetting;
import io.pgbosun.host.ServerTraces;
import io.pgbosun.host.TableName;
import io.pgbosun.host.TimelineSwitch;
import io.pgbosun.host.WalReceiver;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.secret.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** A PostgreSQL server spoken to with pgjdbc, a new connection for each call. */
final class JdbcServer implements Server {
    private static final String POSTGRES = "postgres";

    private static final String TABLESPACES =
            "select spcname from pg_tablespace where spcname not in ('pg_default', 'pg_global') order by 1";
    private static final String CREATE_SLOT = "select pg_create_physical_replication_slot(?, true)::text";
    private static final String MAY_REPLICATE =
            "select rolsuper or rolreplication from pg_roles where rolname = current_user";

    private final Endpoint endpoint;

    JdbcServer(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public ServerFacts facts() {
        return read(POSTGRES, FactsQuery::ask);
    }

    @Override
    public List<DatabaseFacts> databases() {
        return read(POSTGRES, ContentQuery::databases);
    }

    @Override
    public ServerContent content() {
        var databases = databases();
        var extensions = databases.stream()
                .flatMap(database -> read(database.name(), ContentQuery::extensions).stream())
                .toList();
        return new ServerContent(databases, extensions, read(POSTGRES, ContentQuery::roles));
    }

    @Override
    public boolean databaseExists(String database) {
        return exists("select from pg_database where datname = ?", database);
    }

    @Override
    public void createDatabase(String database, String owner) {
        execute(
                other(database),
                "create database " + Identifiers.quote(database) + " template template0"
                        + (owner == null ? "" : " owner " + Identifiers.quote(owner)));
    }

    @Override
    public void closeDatabase(String database) {
        execute(
                other(database),
                "revoke connect, temporary on database " + Identifiers.quote(database) + " from public");
    }

    @Override
    public void openDatabase(String database, String owner) {
        var name = Identifiers.quote(database);
        if (owner != null) {
            execute(other(database), "alter database " + name + " owner to " + Identifiers.quote(owner));
        }
        execute(other(database), "grant connect, temporary on database " + name + " to public");
    }

    @Override
    public void dropDatabase(String database) {
        execute(other(database), "drop database if exists " + Identifiers.quote(database) + " with (force)");
    }

    @Override
    public void renameDatabase(String from, String to) {
        new SessionEnder(endpoint).endAndRename(other(from), from, to);
    }

    @Override
    public boolean roleExists(String role) {
        return exists("select from pg_roles where rolname = ?", role);
    }

    /**
     * The grammar takes no parameter there; what is sent is the verifier, computed here, never the password. It is kept
     * out of the server's log, where statements that define something may go.
     */
    @Override
    public void createReplicationRole(String role, Secret password) {
        work(POSTGRES, connection -> ReplicationRole.put(connection, role, password));
    }

    @Override
    public boolean slotExists(String slot) {
        return exists("select from pg_replication_slots where slot_name = ?", slot);
    }

    /** Keeps WAL from now on, so that none is missing when a standby first streams. */
    @Override
    public void createSlot(String slot) {
        var name = Identifiers.checked(slot);
        work(POSTGRES, connection -> rows(connection, CREATE_SLOT, row -> row.getString(1), name));
    }

    @Override
    public Instant now() {
        return first("select clock_timestamp()", JdbcServer::instant).orElseThrow();
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject(1, OffsetDateTime.class).toInstant();
    }

    @Override
    public Optional<Instant> lastReplayedCommit() {
        return first("select at from pg_last_xact_replay_timestamp() at where at is not null", JdbcServer::instant);
    }

    @Override
    public List<String> tablespaces() {
        return read(POSTGRES, connection -> rows(connection, TABLESPACES, row -> row.getString(1)));
    }

    @Override
    public boolean mayReplicate() {
        return first(MAY_REPLICATE, row -> row.getBoolean(1)).orElseThrow();
    }

    @Override
    public Optional<Progress> baseBackupProgress() {
        return read(POSTGRES, ActivityQuery::baseBackup);
    }

    @Override
    public ServerActivity activity() {
        return read(POSTGRES, ActivityQuery::ask);
    }

    @Override
    public void dropSlot(String slot) {
        new SessionEnder(endpoint).dropSlot(slot);
    }

    @Override
    public Optional<WalReceiver> walReceiver() {
        return read(POSTGRES, ReplicationQuery::receiver);
    }

    @Override
    public ReplicationState replication() {
        return read(POSTGRES, ReplicationQuery::state);
    }

    @Override
    public int walTimeline() {
        return read(POSTGRES, ReplicationQuery::walTimeline);
    }

    @Override
    public List<TimelineSwitch> timelineHistory() {
        return read(POSTGRES, ReplicationQuery::history);
    }

    @Override
    public boolean streamsTo(String applicationName) {
        return exists(
                "select from pg_stat_replication where application_name = ? and state = 'streaming'", applicationName);
    }

    @Override
    public List<TableName> tables(String database) {
        return read(database, connection -> rows(connection, ContentQuery.TABLES, JdbcServer::tableName));
    }

    @Override
    public List<String> maintain(
            String database, MaintenanceCommand command, LockGuard guard, Consumer<Progress> progress) {
        return new JdbcMaintenance(endpoint, database, guard, progress).run(command);
    }

    @Override
    public Lsn createRestorePoint(String name) {
        return work(
                        POSTGRES,
                        connection -> rows(
                                connection,
                                "select pg_create_restore_point(?)::text",
                                row -> Lsn.parse(row.getString(1)),
                                name))
                .getFirst();
    }

    @Override
    public Lsn checkpoint() {
        return work(POSTGRES, connection -> {
            run(connection, "checkpoint");
            return rows(
                            connection,
                            "select redo_lsn::text from pg_control_checkpoint()",
                            row -> Lsn.parse(row.getString(1)))
                    .getFirst();
        });
    }

    @Override
    public void promote() {
        if (!work(POSTGRES, ReplicationQuery::promote)) {
            throw Problem.of(ProblemType.TOO_SLOW, endpoint.display() + " was told to promote, and still recovers.");
        }
    }

    @Override
    public List<TableName> invalidIndexes(String database) {
        return read(database, connection -> rows(connection, ContentQuery.INVALID_INDEXES, JdbcServer::tableName));
    }

    @Override
    public void dropIndex(String database, TableName index) {
        execute(database, "drop index concurrently if exists " + Identifiers.quote(index));
    }

    @Override
    public void script(String database, String sql) {
        JdbcSession.call(endpoint, database, Limits.script(), connection -> {
            run(connection, sql);
            return null;
        });
    }

    @Override
    public long countRows(String database, TableName table) {
        var sql = "select count(*) from " + Identifiers.quote(table);
        return work(database, connection -> rows(connection, sql, row -> row.getLong(1)))
                .getFirst();
    }

    /** A column without a time zone is taken as UTC. */
    @Override
    public Optional<Instant> newest(String database, TableName table, String column) {
        var sql = "select max(" + Identifiers.quote(column) + ")::timestamptz from " + Identifiers.quote(table);
        return work(database, connection -> {
            run(connection, "set time zone 'UTC'");
            return rows(connection, sql, row -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class)))
                    .getFirst()
                    .map(OffsetDateTime::toInstant);
        });
    }

    @Override
    public Optional<String> value(String database, String sql) {
        return work(database, connection -> OneValue.ask(connection, sql));
    }

    @Override
    public List<String> amcheck(String database) {
        return work(database, Amcheck::findings);
    }

    @Override
    public ServerSetting setting(String name) {
        return read(POSTGRES, connection -> SystemSettings.read(connection, name));
    }

    @Override
    public void alterSystem(String name, String value) {
        work(POSTGRES, connection -> SystemSettings.alter(connection, name, value));
    }

    @Override
    public void reload() {
        work(POSTGRES, SystemSettings::reload);
    }

    @Override
    public ServerConfiguration configuration() {
        return read(POSTGRES, SystemSettings::configuration);
    }

    @Override
    public ArchiverFacts archiver() {
        return read(POSTGRES, ArchiverQuery::ask);
    }

    @Override
    public String switchWal() {
        return work(POSTGRES, ArchiverQuery::switchWal);
    }

    @Override
    public ServerTraces traces() {
        return read(POSTGRES, ActivityQuery::traces);
    }

    @Override
    public int endSessions(UUID operation, long beforeEpoch) {
        return new SessionEnder(endpoint).endLeftOver(operation, beforeEpoch);
    }

    @Override
    public int endClients() {
        return new SessionEnder(endpoint).endClients();
    }

    private boolean exists(String sql, String name) {
        return first(sql, row -> true, name).isPresent();
    }

    private <T> Optional<T> first(String sql, RowReader<T> reader, Object... parameters) {
        return read(POSTGRES, connection -> rows(connection, sql, reader, parameters)).stream()
                .findFirst();
    }

    private void execute(String database, String sql) {
        work(database, connection -> {
            run(connection, sql);
            return null;
        });
    }

    private <T> T read(String database, JdbcSession.Body<T> body) {
        return JdbcSession.call(endpoint, database, Limits.read(), body);
    }

    private <T> T work(String database, JdbcSession.Body<T> body) {
        return JdbcSession.call(endpoint, database, Limits.work(), body);
    }

    /** A database to sit in while the given one is dropped or renamed. */
    private static String other(String database) {
        return POSTGRES.equals(database) ? "template1" : POSTGRES;
    }

    private static TableName tableName(ResultSet row) throws SQLException {
        return new TableName(row.getString(1), row.getString(2));
    }

    /** Reads one row. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    static <T> List<T> rows(Connection connection, String sql, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                var read = new ArrayList<T>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        }
    }

    /** Sends the text as it is: braces in it are no escapes of JDBC. */
    static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
