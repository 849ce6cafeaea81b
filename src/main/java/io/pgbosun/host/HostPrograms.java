package io.pgbosun.host;

import io.pgbosun.secret.Secret;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The programs of PostgreSQL on the host that servers run on, and the data directories there; run without a shell and never as
 * root. Paths are of that host.
 *
 * <p>A program that ends with a non-zero exit code is a problem {@code program-failed} with the end of what it said on
 * standard error ({@code disk-full} when that is why); one ended with its run is {@code cancelled}. A host that does not answer is
 * {@code unreachable}. Passwords go through the environment or a file of mode 0600, never through arguments.
 */
public interface HostPrograms {
    /** The major version of the programs, such as 15. */
    int majorVersion();

    /** {@code initdb} with data checksums, UTF-8 and scram-sha-256. */
    void initdb(Path dataDirectory, String superuser, Secret superuserPassword);

    /** True when the directory holds an initialised cluster ({@code PG_VERSION} is there and initdb has ended well). */
    boolean initialized(Path dataDirectory);

    /** Writes settings to a file of our own that {@code postgresql.conf} includes; replaces what was there. */
    void configure(Path dataDirectory, Map<String, String> settings);

    /**
     * Lets everybody with a password log in and stream WAL from some networks (CIDR), beside whom {@code pg_hba.conf} lets in
     * already; replaces what it was told before. In force after a reload or a start.
     */
    void admit(Path dataDirectory, List<String> networks);

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
     *
     * @return false when a former one was cut off, so that nothing is done: what it has left must be copied anew
     */
    boolean rewind(Path dataDirectory, Endpoint source);

    /** The settings that {@link #configure} has written. */
    Map<String, String> settings(Path dataDirectory);

    /** True when a server process is there, also one that is still starting or already stopping. */
    boolean running(Path dataDirectory);

    /** True when the server there accepts connections. */
    boolean ready(Path dataDirectory);

    /** {@code pg_basebackup} into an absent or empty directory, WAL streamed through the slot. */
    void baseBackup(Endpoint source, Path dataDirectory, String slot);

    /**
     * Unpacks what {@link PgPrograms#streamBaseBackup} wrote into an absent or empty directory and has {@code pg_verifybackup}
     * compare every file with the manifest; only then it is there. A problem {@code damaged} names what does not agree.
     */
    void unpackBaseBackup(InputStream from, Path dataDirectory);

    /**
     * Prepares an unpacked base backup to recover when it starts: our settings count whatever the source had set, and nobody
     * else may log in or stream WAL.
     *
     * @param restoreCommand reads archived WAL; null for none but what is in the base backup
     */
    void prepareRecovery(
            Path dataDirectory,
            Map<String, String> settings,
            Admitted admitted,
            String restoreCommand,
            RecoveryTarget target);

    /**
     * Forgets the settings of a recovery that has ended; once it is configured anew and started, everybody may log in whom the
     * source's {@code pg_hba.conf} lets in, and who was admitted.
     */
    void endRecovery(Path dataDirectory, Admitted admitted);

    /** The archived WAL beside a data directory. */
    WalCopy walCopy(Path dataDirectory);

    /** Removes a directory and all in it, after stopping a server there; nothing happens when it is absent. */
    void remove(Path directory);

    /** Whether there is anything at this path. */
    boolean exists(Path path);

    /** Makes a directory in this one and removes it again; a problem that says why when that cannot be. */
    void tryOut(Path directory);

    /** A TCP port on the loopback interface that nothing listens on now. */
    int freePort();

    /** Where the script is that a server's {@code archive_command} runs: beside its data directory, in no base backup. */
    Path archiveScript(Path dataDirectory);

    /** Whether the script is there, and is the one that this release writes. */
    boolean hasArchiveScript(Path dataDirectory);

    /** Writes the script, durably and at once, mode 0700. */
    void writeArchiveScript(Path dataDirectory);

    /** Removes the script, and what was answered to it; nothing happens when it is absent. */
    void removeArchiveScript(Path dataDirectory);

    /** What the script on a host that the archive is not on waits for. */
    WalHandover walHandover(Path dataDirectory);

    /** Ends processes that runs of this operation with an epoch below the given one have left; returns how many. */
    int endProcesses(UUID operation, long beforeEpoch);
}
