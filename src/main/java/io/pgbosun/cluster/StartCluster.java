package io.pgbosun.cluster;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Starts every instance of a provisioned cluster that does not run, the primary first. */
@Schema(description = "Starts every instance of a provisioned cluster that does not run, the primary first.")
@OperationKind(
        name = "start-cluster",
        summary = "Starts every instance of a provisioned cluster that does not run, the primary first.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.LOW,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 30,
        checkedOnAccept = true)
public record StartCluster() implements OperationSpec {
    /** The instances, in the order in which they were taken. */
    @Schema(description = "The instances, in the order in which they were taken.")
    public record StartClusterResult(List<String> instances) {}
}
