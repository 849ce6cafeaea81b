package io.pgbosun.host;

import io.pgbosun.host.BackupFiles.Damage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The program pgBackRest for one stanza of one repository: what it stores is looked at, checked and removed by itself alone.
 *
 * <p>A program that ends with a non-zero exit code is a problem: {@code busy} when another one is at work on the stanza,
 * {@code damaged} when a checksum differs, {@code program-failed} with what it said otherwise.
 */
public interface PgBackRest {
    /** What a backup holds: everything, or what has changed since the last full one, or since the last one of any type. */
    @Schema(name = "BackupSetType")
    enum SetType {
        FULL,
        DIFF,
        INCR
    }

    /**
     * A backup of a stanza, as {@code pgbackrest info} tells of it.
     *
     * @param label such as {@code 20261127-020723F}
     * @param references the labels of those without which it cannot be restored
     * @param backup which of ours it is; null when it was not taken by us
     * @param firstSegment of the WAL that it needs
     * @param lastSegment of the WAL that it needs
     * @param sizeBytes what it adds to the repository
     */
    record BackupSet(
            String stanza,
            String label,
            SetType backupType,
            List<String> references,
            UUID backup,
            int majorVersion,
            int timeline,
            Lsn startLsn,
            Lsn stopLsn,
            String firstSegment,
            String lastSegment,
            Instant startTime,
            Instant endTime,
            long sizeBytes) {
        /** The same, with nothing in it that depends on the time. */
        public static BackupSet planned(String stanza, SetType type, UUID backup, Instant time) {
            var nowhere = new Lsn(0);
            return new BackupSet(stanza, "", type, List.of(), backup, 0, 1, nowhere, nowhere, "", "", time, time, 0);
        }
    }

    boolean hasStanza();

    /** {@code stanza-create}, for the cluster that this is the data directory of; nothing happens when it is there. */
    void createStanza(Path dataDirectory);

    /** Removes a stanza that nothing was ever stored in; one that holds something stays. */
    void removeEmptyStanza();

    /** {@code check}: whether the primary archives into the stanza. */
    void check(Endpoint primary, Path dataDirectory);

    /**
     * {@code backup}, marked as the one of ours with this id.
     *
     * @param progress hears how far it is
     * @return what it warned of
     */
    List<String> backup(Endpoint primary, Path dataDirectory, SetType type, UUID backup, Consumer<Progress> progress);

    /** {@code info}: all backups of the stanza, the oldest first; none when there is no stanza. */
    List<BackupSet> backups();

    /** {@code info --set}: the databases of a backup. */
    List<String> databases(String label);

    /** {@code verify}: every file of the backups of the stanza that is missing or altered, and their WAL, by label. */
    Map<String, List<Damage>> verify();

    /** {@code expire --set}: removes a backup, with those that cannot be restored without it. */
    void expire(String label);

    /** {@code restore} into an absent or empty directory, and nowhere else; recovery is not prepared. */
    void restore(String label, Path dataDirectory);

    /** For {@code archive_command}. */
    String archiveCommand();

    /** Whether it is the {@code archive_command} of this stanza, whichever pgBackRest of this host it runs; writes nothing. */
    boolean isArchiveCommand(String command);

    /** For {@code restore_command}. */
    String restoreCommand();

    /** The WAL that is archived in the stanza. */
    WalArchive archive();

    /** The one of ours with this id, when it is there whole. */
    default Optional<BackupSet> find(UUID backup) {
        return backups().stream().filter(set -> backup.equals(set.backup())).findFirst();
    }

    /** The backup with this label, when it is there whole. */
    default Optional<BackupSet> find(String label) {
        return backups().stream().filter(set -> set.label().equals(label)).findFirst();
    }
}
