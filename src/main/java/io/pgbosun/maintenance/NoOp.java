package io.pgbosun.maintenance;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Does nothing to the cluster, step by step: shows that operations are accepted, claimed, journalled and ended. */
@Schema(
        description =
                "Does nothing to the cluster, step by step: shows that operations are accepted, claimed, journalled and ended.")
@OperationKind(
        name = "no-op",
        summary = "Does nothing, step by step: shows that operations are accepted, run and journalled.",
        permission = Permission.MAINTENANCE_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 60)
public record NoOp(
        @Min(1) @Max(20) @Schema(description = "How many steps; 3 when left out.", defaultValue = "3")
        Integer steps,

        @Min(0) @Max(60_000) @Schema(description = "How long each step takes; 0 when left out.", defaultValue = "0")
        Integer stepMillis,

        @Schema(
                description = "Stands in line as what changes the cluster does; false when left out.",
                defaultValue = "false")
        Boolean exclusive)
        implements OperationSpec {

    public NoOp {
        steps = steps == null ? 3 : steps;
        stepMillis = stepMillis == null ? 0 : stepMillis;
        exclusive = exclusive != null && exclusive;
    }

    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return List.of(new LockRequest(target.toString(), exclusive));
    }

    /** How many steps were done. */
    @Schema(description = "How many steps were done.")
    public record NoOpResult(int steps) {}
}
