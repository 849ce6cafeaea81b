package io.pgbosun.replication;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Says for how many standbys, and for which, a commit waits: synchronous_standby_names, the same on every instance. */
@Schema(
        description =
                "Says for how many standbys, and for which, a commit waits: synchronous_standby_names, the same on every instance.")
@OperationKind(
        name = "configure-replication",
        summary =
                "Says for how many standbys, and for which, a commit waits: synchronous_standby_names, the same on every instance.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 30,
        checkedOnAccept = true)
public record ConfigureReplication(
        @NotNull
        @Min(0)
        @Max(16)
        @Schema(
                description =
                        "How many standbys must have a commit before it is acknowledged; 0 for asynchronous replication.")
        Integer synchronousStandbys,

        @Schema(
                description =
                        "ANY when left out: whichever are quickest. FIRST: the first ones of the list that stream.")
        Method method,

        @Size(min = 1, max = 16)
        @Schema(
                description =
                        "Which ones may count, for FIRST in this order; every instance of the cluster when left out, so that it holds after a switchover too.")
        List<@NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE) String> instances)
        implements OperationSpec {
    public ConfigureReplication {
        method = method == null ? Method.ANY : method;
        instances = instances == null ? null : instances.stream().toList();
    }

    /** Which of the listed standbys count. */
    @Schema(name = "SynchronousMethod")
    public enum Method {
        ANY,
        FIRST
    }

    /** What commits wait for now. */
    @Schema(description = "What commits wait for now.")
    public record ConfigureReplicationResult(
            @Schema(description = "The setting; empty when commits wait for no standby.")
            String synchronousStandbyNames,

            @Schema(description = "Where it was written.") List<String> instances) {}
}
