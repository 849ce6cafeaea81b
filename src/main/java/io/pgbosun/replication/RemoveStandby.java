package io.pgbosun.replication;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Stops a standby for good, forgets it and drops its slot; its data goes too, unless it is to be kept. */
@Schema(
        description =
                "Stops a standby for good, forgets it and drops its slot; its data goes too, unless it is to be kept.")
@OperationKind(
        name = "remove-standby",
        summary =
                "Stops a standby for good, forgets it and drops its slot; its data goes too, unless it is to be kept.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 60,
        checkedOnAccept = true)
public record RemoveStandby(
        @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE) @Schema(description = "The standby.")
        String instance,

        @Schema(description = "Whether its data directory stays where it is; false when left out.")
        Boolean keepData)
        implements OperationSpec {
    public RemoveStandby {
        keepData = keepData != null && keepData;
    }

    /** What is gone. */
    @Schema(description = "What is gone.")
    public record RemoveStandbyResult(
            String instance,

            @Schema(description = "Where its data is still; null when it is gone too.")
            String dataDirectory) {}
}
