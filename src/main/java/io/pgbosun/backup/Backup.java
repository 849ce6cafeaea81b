package io.pgbosun.backup;

import io.pgbosun.host.PgBackRest;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One recoverable thing, and how sure it is that it can be recovered. */
@Schema(description = "One recoverable thing, and how sure it is that it can be recovered.")
public record Backup(
        UUID id,
        String cluster,
        String repository,
        Type type,

        @Schema(description = "What made it.") Engine engine,

        Confidence confidence,

        @Schema(description = "What the confidence rests on, oldest first.")
        List<Evidence> evidence,

        List<String> databases,
        boolean schemaOnly,

        @Schema(description = "Whether roles and tablespaces are in it.")
        boolean globals,

        long sizeBytes,

        @Schema(description = "The instance it was taken from.")
        String source,

        @Schema(
                description =
                        "Such as 15.8, or 15 when its minor version is not known: a person took it with pgBackRest.")
        String serverVersion,

        @Schema(description = "The WAL position at its start.")
        String lsn,

        @Schema(description = "The WAL position from which on it is consistent; null unless PHYSICAL.")
        String stopLsn,

        @Schema(description = "The timeline of its WAL; null unless PHYSICAL.")
        Integer timeline,

        @Schema(description = "What pgBackRest calls it; null unless PGBACKREST.")
        String label,

        @Schema(description = "What of the server is in it; null unless PGBACKREST.")
        PgBackRest.SetType backupType,

        @Schema(description = "The backups without which it cannot be restored.")
        List<UUID> needs,

        @Schema(description = "The key of the ring that it is encrypted with; null when it is not.")
        Long keyId,

        Instant startTime,
        Instant endTime,

        @Schema(description = "Who wants it kept and why; null when nobody does.")
        BackupHold hold,

        @Schema(description = "How the newest drill of it came out; null when there was none.")
        LastDrill lastDrill) {

    /** What can stand in for each other, in any repository. */
    String series() {
        return "%s %s %b".formatted(engine, globals ? "all" : new TreeSet<>(databases).toString(), schemaOnly);
    }

    /** How the newest drill of a backup came out. */
    @Schema(description = "How the newest drill of a backup came out.")
    public record LastDrill(
            UUID id,
            boolean passed,

            @Schema(description = "Seconds from the start to the first query that was answered; 0 when none was.")
            double recoverySeconds,

            @Schema(description = "Age of the restored data when the drill began, in seconds.")
            double dataAgeSeconds,

            Instant endTime) {}

    /** How it was made. */
    @Schema(name = "BackupType")
    public enum Type {
        /** The rows and definitions of databases, to be loaded into any newer server. */
        LOGICAL,
        /** The files of a whole server, to be started by the same major version. */
        PHYSICAL
    }

    /** What makes backups. */
    @Schema(name = "BackupEngine")
    public enum Engine {
        PG_DUMP,
        PG_BASEBACKUP,
        PGBACKREST;

        /** What comes of it. */
        Type type() {
            return this == PG_DUMP ? Type.LOGICAL : Type.PHYSICAL;
        }
    }

    /** Why the confidence is what it is. */
    @Schema(description = "Why the confidence is what it is.")
    public record Evidence(Confidence level, Instant at, UUID operation, String detail) {}
}
