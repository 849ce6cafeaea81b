package io.pgbosun.host;

import io.pgbosun.secret.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * All that pgbosun says to one PostgreSQL server over SQL.
 *
 * <p>Every method throws a {@code Problem}: {@code unreachable} when the server does not answer, {@code too-slow} when a
 * statement ran out of time, {@code cancelled} when the run was ended, {@code program-failed} with the server's own
 * message otherwise. Names are taken unquoted and quoted by the adapter.
 */
public interface Server {
    ServerFacts facts();

    /** Databases that accept connections, without templates, ordered by name. */
    List<DatabaseFacts> databases();

    /** Databases with their sizes, extensions and roles. */
    ServerContent content();

    boolean databaseExists(String database);

    /** Creates an empty database from {@code template0}; {@code owner} null means the login role. */
    void createDatabase(String database, String owner);

    /** Lets nobody connect to it from now on but the login, which owns it, and superusers. */
    void closeDatabase(String database);

    /** Gives it to its owner ({@code null}: the login keeps it), and lets everybody connect to it as to any new database. */
    void openDatabase(String database, String owner);

    /** Drops it and ends its sessions; nothing happens when it does not exist. */
    void dropDatabase(String database);

    /** Renames it after ending its sessions. */
    void renameDatabase(String from, String to);

    boolean roleExists(String role);

    /** Creates a role that may log in and stream WAL; one that is there gets this password. */
    void createReplicationRole(String role, Secret password);

    boolean slotExists(String slot);

    void createSlot(String slot);

    /** Drops a physical replication slot; nothing happens when it does not exist. */
    void dropSlot(String slot);

    /** The server's own clock. */
    Instant now();

    /** When the last transaction was committed that this server replayed; empty when it replayed none. */
    Optional<Instant> lastReplayedCommit();

    /** Tablespaces besides those that every server has. */
    List<String> tablespaces();

    /** Whether the login may stream WAL and base backups. */
    boolean mayReplicate();

    /** How far the base backup is that the current run takes; empty when the server shows none. */
    Optional<Progress> baseBackupProgress();

    /** What goes on there that minds when it is stopped. */
    ServerActivity activity();

    /** Makes a primary of a standby and waits until it takes writes: {@code pg_promote}. */
    void promote();

    /** The WAL receiver of a standby; empty when none runs, as when the primary cannot be reached. */
    Optional<WalReceiver> walReceiver();

    /** The newest timeline that it has WAL of, also of what a standby has received and not replayed. */
    int walTimeline();

    /** How the server's timeline came to be: the timelines before it, the first one first. */
    List<TimelineSwitch> timelineHistory();

    /** Up to where an earlier timeline counts in its history; empty when its own does not come from that one. */
    default Optional<Lsn> leftTimeline(int timeline) {
        return timelineHistory().stream()
                .filter(left -> left.timeline() == timeline)
                .findFirst()
                .map(TimelineSwitch::lsn);
    }

    /** Whom it follows, who follows it, and for whom it keeps WAL. */
    ReplicationState replication();

    /** True when a WAL sender with this {@code application_name} is streaming. */
    boolean streamsTo(String applicationName);

    /** Ordinary and partitioned tables outside the system schemas. */
    List<TableName> tables(String database);

    /**
     * Runs one maintenance command, telling its progress, and gives way as the guard says (problem {@code busy}). Answers
     * what the server warned of, such as tables that it skipped.
     */
    List<String> maintain(String database, MaintenanceCommand command, LockGuard guard, Consumer<Progress> progress);

    /** {@code pg_create_restore_point} on a primary; returns its position. */
    Lsn createRestorePoint(String name);

    /** {@code CHECKPOINT}; returns the redo position it wrote. */
    Lsn checkpoint();

    /** Indexes with {@code indisvalid = false}, such as a cancelled concurrent reindex leaves behind. */
    List<TableName> invalidIndexes(String database);

    /** {@code DROP INDEX CONCURRENTLY}; nothing happens when it does not exist. */
    void dropIndex(String database, TableName index);

    /** Runs a script of statements (a dump's globals, seed data), statement by statement, ignoring nothing. */
    void script(String database, String sql);

    long countRows(String database, TableName table);

    /** The greatest value of a timestamp column; empty when the table is. */
    Optional<Instant> newest(String database, TableName table, String column);

    /** The first column of the first row, as text; empty when there is no row. Runs read only. */
    Optional<String> value(String database, String sql);

    /** What amcheck's {@code bt_index_check} and {@code verify_heapam} find wrong, a line each; needs the extension. */
    List<String> amcheck(String database);

    /** A setting, and what {@code ALTER SYSTEM} has made of it. */
    ServerSetting setting(String name);

    /** {@code ALTER SYSTEM SET}, or {@code RESET} when the value is null; in force after {@link #reload} or a restart. */
    void alterSystem(String name, String value);

    /** {@code pg_reload_conf}, and waits until the files are read; files with an error are not taken in. */
    void reload();

    /** What it has not taken in of its configuration files, as they are now. */
    ServerConfiguration configuration();

    /** What a primary has written and archived. */
    ArchiverFacts archiver();

    /** Ends the current WAL segment of a primary, with something in it; returns its name. */
    String switchWal();

    /** Physical replication slots, and the sessions of runs that are open now. */
    ServerTraces traces();

    /** Ends the sessions of all clients but pgbosun's own, and waits until they are gone; returns how many. */
    int endClients();

    /** Ends sessions that runs of this operation with an epoch below the given one have left; returns how many. */
    int endSessions(UUID operation, long beforeEpoch);
}
