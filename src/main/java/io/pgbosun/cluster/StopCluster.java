package io.pgbosun.cluster;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Stops every instance of a provisioned cluster, standbys first. */
@Schema(description = "Stops every instance of a provisioned cluster, standbys first.")
@OperationKind(
        name = "stop-cluster",
        summary = "Stops every instance of a provisioned cluster, standbys first.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 30,
        checkedOnAccept = true)
public record StopCluster() implements OperationSpec {
    /** The instances, in the order in which they were taken. */
    @Schema(description = "The instances, in the order in which they were taken.")
    public record StopClusterResult(List<String> instances) {}
}
