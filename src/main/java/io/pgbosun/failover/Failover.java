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

/** Makes a standby the primary when the primary is down, and keeps the old one from taking writes. */
@Schema(description = "Makes a standby the primary when the primary is down, and keeps the old one from taking writes.")
@OperationKind(
        name = "failover",
        summary = "Makes a standby the primary when the primary is down, and keeps the old one from taking writes.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 15,
        checkedOnAccept = true,
        needsReason = true)
public record Failover(
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "The standby that becomes primary; the one that has received most when left out.")
        String candidate,

        @Min(0)
        @Schema(
                description =
                        "How many bytes of WAL with commits may be lost; none when left out. A preview tells what would be.")
        Long acceptDataLossUpToBytes,

        @Schema(
                description =
                        "Also when the primary seems to be up, or when it is not known what would be lost; false when left out.")
        Boolean force)
        implements OperationSpec {
    public Failover {
        acceptDataLossUpToBytes = acceptDataLossUpToBytes == null ? 0 : acceptDataLossUpToBytes;
        force = force != null && force;
    }

    /** What became of the cluster. */
    @Schema(description = "What became of the cluster.")
    public record FailoverResult(
            String oldPrimary,
            String newPrimary,

            @Schema(description = "The timeline that began with the promotion.")
            int timeline,

            @Schema(description = "At most how many bytes of WAL with commits are lost; null when that is not known.")
            Long estimatedLossBytes,

            @Schema(description = "From the decision until the new primary took writes.")
            double withoutWritesSeconds) {}
}
