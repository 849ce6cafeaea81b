package io.pgbosun.failover;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Restarts the instances of a cluster one after the other, standbys first; its poolers wait for the primary meanwhile. */
@Schema(
        description =
                "Restarts the instances of a cluster one after the other, standbys first; its poolers wait for the primary meanwhile.")
@OperationKind(
        name = "restart-cluster",
        summary =
                "Restarts the instances of a cluster one after the other, standbys first; its poolers wait for the primary meanwhile.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 60,
        checkedOnAccept = true)
public record RestartCluster(
        @Size(min = 1, max = 16) @Schema(description = "Only these; all of them when left out.")
        List<@NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE) String> instances,

        @Schema(description = "Only those that wait for a restart to take in a setting; false when left out.")
        Boolean pendingOnly)
        implements OperationSpec {
    public RestartCluster {
        instances = instances == null ? null : instances.stream().toList();
        pendingOnly = pendingOnly != null && pendingOnly;
    }

    /** The instances that were restarted, in this order. */
    @Schema(description = "The instances that were restarted, in this order.")
    public record RestartClusterResult(List<String> instances) {}
}
