package io.pgbosun.host;

import io.pgbosun.secret.Secret;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The programs of PostgreSQL on one host, run without a shell and never as root.
 *
 * <p>A program that ends with a non-zero exit code is a problem {@code program-failed} with the end of what it said on
 * standard error ({@code disk-full} when that is why); one ended with its run is {@code cancelled}. Passwords go through
 * the environment or a file of mode 0600, never through arguments.
 */
public interface PgPrograms {
    /** The major version of the programs, such as 15. */
    int majorVersion();

    /** {@code initdb} with data checksums, UTF-8 and scram-sha-256. */
    void initdb(Path dataDirectory, String superuser, Secret superuserPassword);

    /** True when the directory holds an initialised cluster ({@code PG_VERSION} is there and initdb has ended well). */
    boolean initialized(Path dataDirectory);

    /** Writes settings to a file of our own that {@code postgresql.conf} includes; replaces what was there. */
    void configure(Path dataDirectory, Map<String, String> settings);

    /** Marks the directory as that of a standby of the given primary ({@code standby.signal}, {@code primary_conninfo}). */
    void followPrimary(Path dataDirectory, Endpoint primary, String slot, String applicationName);

    /** The primary that a standby of ours follows, as {@link #followPrimary} was told it: with its login there. */
    Endpoint upstream(Path dataDirectory);

    /**
     * Where the shutdown checkpoint of a server is that was stopped cleanly: the last record of its WAL. Empty while it runs,
     * or when it crashed.
     */
    Optional<Lsn> shutdownLsn(Path dataDirectory);

    /**
     * Whether a server that does not run was a standby to its end: then it was not promoted, and is none that was ordered to
     * be when it is started again.
     */
    boolean stoppedInRecovery(Path dataDirectory);

    /** Starts the server and waits until it answers; nothing happens when it runs. */
    void start(Path dataDirectory);

    /** Fast stop; nothing happens when it does not run. */
    void stop(Path dataDirectory);

    /** Ends a server at once, also one that stands still: an immediate stop, and SIGKILL for what is left after a while. */
    void halt(Path dataDirectory);

    /** Whether the server comes up as a standby, which takes no writes. */
    boolean comesUpAsStandby(Path dataDirectory);

    /** Has a server come up as a primary again that was told to follow one. */
    void standAlone(Path dataDirectory);

    /** The newest timeline that a server has WAL of. */
    int walTimeline(Path dataDirectory);

    /** {@code pg_waldump}: what is in the WAL of a server, on its newest timeline, after a position. */
    WalTail walAfter(Path dataDirectory, Lsn position);

    /**
     * {@code pg_rewind}: makes a stopped server a copy of the source again, from where the two parted. Its configuration is
     * the source's then.
     */
    void rewind(Path dataDirectory, Endpoint source);

    /** The settings that {@link #configure} has written. */
    Map<String, String> settings(Path dataDirectory);

    /** True when a server process is there, also one that is still starting or already stopping. */
    boolean running(Path dataDirectory);

    /** True when the server there accepts connections. */
    boolean ready(Path dataDirectory);

    /** {@code pg_basebackup} into an absent or empty directory, WAL streamed through the slot. */
    void baseBackup(Endpoint source, Path dataDirectory, String slot);

    /**
     * {@code pg_basebackup} of a whole server as one tar, with the WAL that it needs and a manifest, compressed with zstd
     * as it comes. A server with tablespaces of its own cannot be written so.
     *
     * @param to takes the bytes; it is not closed
     * @param look is run about once a second while bytes come
     */
    BaseBackup streamBaseBackup(Endpoint source, OutputStream to, Runnable look);

    /** What {@code pg_basebackup} said of the WAL that a base backup needs: from start to stop, on a timeline. */
    record BaseBackup(int timeline, Lsn startLsn, Lsn stopLsn) {}

    /**
     * Unpacks what {@link #streamBaseBackup} wrote into an absent or empty directory and has {@code pg_verifybackup} compare
     * every file with the manifest; only then it is there. A problem {@code damaged} names what does not agree.
     */
    void unpackBaseBackup(InputStream from, Path dataDirectory);

    /**
     * Prepares an unpacked base backup to recover when it starts: our settings count whatever the source had set, and only the
     * given role may log in or stream WAL, over the loopback interface.
     *
     * @param restoreCommand reads archived WAL; null for none but what is in the base backup
     */
    void prepareRecovery(
            Path dataDirectory,
            Map<String, String> settings,
            String role,
            String restoreCommand,
            RecoveryTarget target);

    /**
     * Forgets the settings of a recovery that has ended; with the next start everybody may log in whom the source's {@code
     * pg_hba.conf} lets in, and the given role.
     */
    void endRecovery(Path dataDirectory, Map<String, String> settings, String role);

    /** Removes a directory and all in it, after stopping a server there; nothing happens when it is absent. */
    void remove(Path directory);

    /** Whether there is anything at this path. */
    boolean exists(Path path);

    /** A TCP port on the loopback interface that nothing listens on now. */
    int freePort();

    /** Where the script is that a server's {@code archive_command} runs: beside its data directory, in no base backup. */
    Path archiveScript(Path dataDirectory);

    /** Whether the script is there, and is the one that this release writes. */
    boolean hasArchiveScript(Path dataDirectory);

    /** Writes the script, durably and at once, mode 0700. */
    void writeArchiveScript(Path dataDirectory);

    /** Removes the script; nothing happens when it is absent. */
    void removeArchiveScript(Path dataDirectory);

    /**
     * {@code pg_waldump}: the last commit in a range of segments of one timeline; empty when none is in it.
     *
     * @param directory that the segments are in
     */
    Optional<WalCommit> lastCommit(Path directory, String firstSegment, String lastSegment);

    /** {@code pg_dump} to a file or directory; returns what it warned of. */
    List<String> dump(DumpRequest request, Path target);

    /** {@code pg_dumpall --globals-only}: roles (with password hashes) and tablespaces, to a file of mode 0600. */
    void dumpGlobals(Endpoint source, Path target);

    /** {@code pg_restore}, stopping at the first error; returns what it warned of. */
    List<String> restore(Path dump, RestoreRequest request);

    /** Loads a globals file with psql; roles that exist already are left as they are. */
    void restoreGlobals(Path globals, Endpoint target);

    /** {@code pgbench -i}: its tables anew, 100,000 accounts a unit of scale. */
    void sampleData(Endpoint target, String database, int scale);

    /** Ends processes that runs of this operation with an epoch below the given one have left; returns how many. */
    int endProcesses(UUID operation, long beforeEpoch);
}
