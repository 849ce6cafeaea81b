package io.pgbosun.failover;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Makes a standby the primary, without losing a transaction; the old primary and the other standbys follow it. */
@Schema(
        description =
                "Makes a standby the primary, without losing a transaction; the old primary and the other standbys follow it.")
@OperationKind(
        name = "switchover",
        summary =
                "Makes a standby the primary, without losing a transaction; the old primary and the other standbys follow it.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 30,
        checkedOnAccept = true,
        needsReason = true)
public record Switchover(
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "The standby that becomes primary; the one that has received most when left out.")
        String candidate,

        @Min(0)
        @Schema(
                description =
                        "How many bytes of WAL the candidate may have to replay when the primary is stopped; 16 MiB when left out.")
        Long maxLagBytes)
        implements OperationSpec {
    private static final long SEGMENT = 16L << 20;

    public Switchover {
        maxLagBytes = maxLagBytes == null ? SEGMENT : maxLagBytes;
    }

    /** What became of the cluster. */
    @Schema(description = "What became of the cluster.")
    public record SwitchoverResult(
            String oldPrimary,
            String newPrimary,

            @Schema(description = "The timeline that began with the promotion.")
            int timeline,

            @Schema(
                    description =
                            "Where the WAL of the old primary ended; all of it was replayed before the promotion.")
            String lsn,

            @Schema(description = "From the order to stop the old primary until the new one took writes.")
            double writePauseSeconds) {}
}
