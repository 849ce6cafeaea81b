package io.pgbosun.backup;

import io.pgbosun.host.ArchiveMethod;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the archiving of a cluster's WAL goes, as it was found just now. */
@Schema(description = "How the archiving of a cluster's WAL goes, as it was found just now.")
public record ArchiveStatus(
        String cluster,
        ArchivingState state,
        @Schema(description = "Why it is not WORKING.") String stateReason,

        @Schema(description = "What stores it there; null when it never was.")
        ArchiveMethod method,

        @Schema(description = "Where the WAL is archived; null when it never was.")
        String repository,

        String directory,

        @Schema(description = "Nothing older can be recovered from it.")
        Instant since,

        @Schema(description = "When archiving was switched off; null while it is on.")
        Instant endTime,

        @Schema(description = "Segments in the archive.") long segmentCount,

        @Schema(description = "What the archive takes, in bytes.")
        long sizeBytes,

        @Schema(description = "Of pg_stat_archiver, as the following ones.")
        Long archivedCount,

        Long failedCount,
        String lastArchivedWal,
        Instant lastArchivedTime,
        String lastFailedWal,
        Instant lastFailedTime,

        @Schema(description = "Segments that the primary keeps until they are archived; null when it does not answer.")
        Long readyCount,

        @Schema(description = "Null when the primary does not answer.")
        RecoveryPoint current) {

    /** How archiving goes. */
    public enum ArchivingState {
        /** WAL is not archived. */
        OFF,
        /** The newest try succeeded. */
        WORKING,
        /** The newest try failed; WAL is kept by the primary until one succeeds. */
        FAILING,
        /** The primary does not answer. */
        UNKNOWN
    }

    /** What the loss of the primary would lose now. */
    @Schema(description = "What the loss of the primary would lose now.")
    public record RecoveryPoint(
            @Schema(description = "The position of the first byte that is not archived.")
            String archivedLsn,

            @Schema(description = "Bytes of WAL that are written and not archived.")
            long lagBytes,

            @Schema(
                    description =
                            "Seconds since the last archived commit, of which commits would be lost at most; 0 when every transaction is archived, null when no commit is.")
            Double rpoSeconds) {}
}
