package io.pgbosun.backup;

import io.pgbosun.backup.ArchiveStatus.RecoveryPoint;
import io.pgbosun.backup.wal.Recoverability.Hole;
import io.pgbosun.backup.wal.Recoverability.Interval;
import io.pgbosun.backup.wal.Recoverability.Reach;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** To which moments a cluster can be recovered. */
@Schema(description = "To which moments a cluster can be recovered, from its physical backups and its archived WAL.")
public record ClusterRecoverability(
        String cluster,

        @Schema(description = "Where its WAL is archived; null when it never was.")
        String repository,

        @Schema(description = "Ordered by their beginning.") List<Interval> intervals,
        @Schema(description = "The WAL that is missing.") List<Hole> holes,

        @Schema(description = "Whether the moment that was asked for can be reached; null when none was.")
        Reach reach,

        @Schema(description = "Null when the primary does not answer, or archives nothing.")
        RecoveryPoint current) {}
