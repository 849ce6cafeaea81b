package io.pgbosun.pooler;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Writes a pooler's databases for the current primary, and has the pooler read them. */
@Schema(description = "Writes a pooler's databases for the current primary, and has the pooler read them.")
@OperationKind(
        name = "apply-pooler-config",
        summary = "Writes a pooler's databases for the current primary, and has the pooler read them.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 10,
        checkedOnAccept = true)
public record ApplyPoolerConfig(
        @NotNull
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "Which pooler of the cluster.")
        String pooler)
        implements OperationSpec {

    /** What the pooler leads to now. */
    @Schema(description = "What the pooler leads to now.")
    public record ApplyPoolerConfigResult(
            String pooler,

            @Schema(description = "Where the primary is.") String primary,

            @Schema(description = "False when all was so already.")
            boolean changed) {}
}
