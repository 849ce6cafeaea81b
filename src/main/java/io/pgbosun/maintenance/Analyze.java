package io.pgbosun.maintenance;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Updates the planner's statistics. */
@Schema(description = "Updates the planner's statistics.")
@OperationKind(
        name = "analyze",
        summary = "Updates the planner's statistics.",
        permission = Permission.MAINTENANCE_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 24 * 60)
public record Analyze(
        @Size(max = 100) @Schema(description = "Which databases; all when left out.")
        List<@NotNull @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE) String> databases,

        @Size(max = 100) @Schema(description = "Which tables of each database; all when left out.")
        List<@NotNull @Pattern(regexp = Names.QUALIFIED, message = Names.QUALIFIED_RULE) String> tables,

        @Valid Guard guard)
        implements OperationSpec {

    public Analyze {
        databases = databases == null ? List.of() : List.copyOf(databases);
        tables = tables == null ? List.of() : List.copyOf(tables);
        guard = guard == null ? Guard.DEFAULT : guard;
    }

    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return MaintenanceRunbook.locks(target);
    }
}
