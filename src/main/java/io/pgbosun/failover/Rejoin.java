package io.pgbosun.failover;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Makes an instance a standby of the primary again, such as the old primary after a failover. */
@Schema(description = "Makes an instance a standby of the primary again, such as the old primary after a failover.")
@OperationKind(
        name = "rejoin",
        summary = "Makes an instance a standby of the primary again, such as the old primary after a failover.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.HIGH,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 240,
        checkedOnAccept = true)
public record Rejoin(
        @NotNull
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "The instance; what it has written and the primary has not is lost.")
        String instance,

        @Schema(
                description =
                        "REWIND when left out: pg_rewind copies what differs. REBUILD copies everything anew; Patroni can only be told that, for it rewinds by itself.")
        Method method)
        implements OperationSpec {
    public Rejoin {
        method = method == null ? Method.REWIND : method;
    }

    /** How an instance is made the same as the primary. */
    @Schema(name = "RejoinMethod")
    public enum Method {
        REWIND,
        REBUILD
    }

    /** What became of the instance. */
    @Schema(description = "What became of the instance.")
    public record RejoinResult(
            String instance,
            String primary,

            @Schema(description = "Bytes of WAL that it had and the primary has not; null when nobody knows.")
            Long lostBytes,

            @Schema(description = "Commits among them; null when nobody knows.")
            Long lostCommits) {}
}
