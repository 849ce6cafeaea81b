package io.pgbosun.cluster;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Has instances read their configuration files again: pg_reload_conf. */
@Schema(description = "Has instances read their configuration files again: pg_reload_conf.")
@OperationKind(
        name = "reload-cluster",
        summary = "Has instances read their configuration files again: pg_reload_conf.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.LOW,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 10,
        checkedOnAccept = true)
public record ReloadCluster(
        @Size(min = 1, max = 16) @Schema(description = "Only these; all of them when left out.")
        List<@NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE) String> instances)
        implements OperationSpec {
    public ReloadCluster {
        instances = instances == null ? null : instances.stream().toList();
    }

    /** The instances that have read them. */
    @Schema(description = "The instances that have read them.")
    public record ReloadClusterResult(List<ReloadedInstance> instances) {}

    /** An instance that has read its configuration files again. */
    @Schema(description = "An instance that has read its configuration files again.")
    public record ReloadedInstance(
            String instance,

            @Schema(description = "Settings that wait for a restart: restart-cluster.")
            List<String> pendingRestart) {}
}
