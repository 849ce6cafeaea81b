package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Has a cluster archive its WAL no longer; what is archived stays, and can be recovered from. */
@Schema(description = "Has a cluster archive its WAL no longer; what is archived stays, and can be recovered from.")
@OperationKind(
        name = "disable-archiving",
        summary = "Has a cluster archive its WAL no longer; what is archived stays, and can be recovered from.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 60,
        checkedOnAccept = true)
public record DisableArchiving() implements OperationSpec {
    /** What stays. */
    @Schema(description = "Where the archived WAL stays.")
    public record DisableArchivingResult(
            String cluster,
            String repository,

            @Schema(description = "Since when nothing is archived.")
            Instant endTime) {}
}
