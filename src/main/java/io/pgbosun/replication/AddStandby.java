package io.pgbosun.replication;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Makes another standby of a cluster: a copy of the instance that it follows. */
@Schema(description = "Makes another standby of a cluster: a copy of the instance that it follows.")
@OperationKind(
        name = "add-standby",
        summary = "Makes another standby of a cluster: a copy of the instance that it follows.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 720,
        checkedOnAccept = true)
public record AddStandby(
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(
                description =
                        "The instance that it follows: the primary when left out; a standby makes it a cascading one.")
        String upstream,

        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "The host; that of the instance that it follows when left out.")
        String host,

        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(
                description =
                        "The directory that its data directory goes into; beside what it follows, or below the host's data root when left out.")
        String dataDirectory,

        @Min(1024) @Max(65_535) @Schema(description = "The port; a free one is found when left out.")
        Integer port)
        implements OperationSpec {
    /** The new standby. */
    @Schema(description = "The new standby.")
    public record AddStandbyResult(String instance, String upstream, int port) {}
}
