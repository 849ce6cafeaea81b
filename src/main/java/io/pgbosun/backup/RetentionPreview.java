package io.pgbosun.backup;

import io.pgbosun.backup.wal.WalExpiry;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a policy would remove of a cluster's backups now, and why it keeps the others. */
@Schema(description = "What a policy would remove of a cluster's backups now, and why it keeps the others.")
public record RetentionPreview(
        String policy,
        String cluster,
        Instant at,

        @Schema(description = "How many would go.") int goingCount,

        @Schema(description = "How large those are together.")
        long goingBytes,

        @Schema(description = "All backups of the cluster, the newest first.")
        List<RetentionVerdict> items,

        @Schema(description = "Archived WAL, by what becomes of it; empty when the rule keeps all of it.")
        List<WalExpiry.Fate> wal) {

    /** What becomes of one backup. */
    @Schema(description = "What becomes of one backup.")
    public record RetentionVerdict(
            UUID backup,
            String repository,
            Instant startTime,
            long sizeBytes,
            Confidence confidence,

            @Schema(description = "Whether it would be removed.")
            boolean goes,

            @Schema(description = "What keeps it; empty when it goes.")
            List<KeptBy> keptBy) {}
}
