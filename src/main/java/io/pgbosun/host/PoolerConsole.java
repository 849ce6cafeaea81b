package io.pgbosun.host;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The admin console of one PgBouncer.
 *
 * <p>Every method throws a {@code Problem}: {@code unreachable} when it does not answer, {@code not-possible} when the login
 * is refused or is no admin, {@code too-slow} when it ran out of time, {@code cancelled} when the run was ended, {@code
 * program-failed} with PgBouncer's own message otherwise. Names are taken unquoted and quoted by the adapter.
 */
public interface PoolerConsole {
    /** Such as 1.18.0. */
    String version();

    /** {@code SHOW DATABASES}, without the console itself. */
    List<PoolerDatabase> databases();

    /** {@code SHOW POOLS}, without the console itself. */
    List<PoolerPool> pools();

    /** {@code SHOW CLIENTS}. */
    List<PoolerSocket> clients();

    /** {@code SHOW SERVERS}. */
    List<PoolerSocket> servers();

    /** {@code SHOW STATS}, without the console itself. */
    List<PoolerStats> stats();

    /** {@code SHOW CONFIG}. */
    Map<String, String> config();

    /** Throws when the login may only look. */
    void requireAdmin();

    /** Whether a database is paused and no transaction on it runs any more. */
    boolean isPaused(String database);

    /**
     * Has new transactions wait, and waits for those that run. When they do not end in time the database is resumed, and the
     * problem is {@code too-slow}.
     */
    void pause(String database, Duration atMost);

    /** Lets transactions run again; nothing happens when it is not paused. */
    void resume(String database);

    /** Ends every connection of clients and to servers at once; new clients wait until it is resumed. */
    void kill(String database);

    /** Has each server connection closed as soon as nobody uses it. */
    void reconnect(String database);

    /** Refuses new clients. */
    void disable(String database);

    /** Takes new clients again. */
    void enable(String database);

    /** Reads the configuration files again. */
    void reload();
}
