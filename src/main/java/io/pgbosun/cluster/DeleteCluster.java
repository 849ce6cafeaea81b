package io.pgbosun.cluster;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Stops a provisioned cluster and removes its data directories; its backups stay. */
@Schema(description = "Stops a provisioned cluster and removes its data directories; its backups stay.")
@OperationKind(
        name = "delete-cluster",
        summary = "Stops a provisioned cluster and removes its data directories; its backups stay.",
        permission = Permission.CLUSTER_DELETE,
        risk = Risk.HIGH,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 240,
        checkedOnAccept = true)
public record DeleteCluster(
        @NotNull @Schema(description = "The cluster's name once more.")
        String confirm,

        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(
                description =
                        "The repository for a last logical backup, taken before anything is removed; none when left out.")
        String finalBackupRepository)
        implements OperationSpec {

    /** What was removed. */
    @Schema(description = "The cluster that was removed, and its last backup.")
    public record DeleteClusterResult(String cluster, UUID finalBackup) {}
}
