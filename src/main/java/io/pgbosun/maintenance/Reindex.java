package io.pgbosun.maintenance;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.host.MaintenanceCommand;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Builds indexes anew, concurrently unless told otherwise; a cancelled one leaves no invalid index. */
@Schema(
        description =
                "Builds indexes anew, concurrently unless told otherwise; a cancelled one leaves no invalid index.")
@OperationKind(
        name = "reindex",
        summary = "Builds indexes anew, concurrently unless told otherwise; a cancelled one leaves no invalid index.",
        permission = Permission.MAINTENANCE_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 24 * 60)
public record Reindex(
        @Schema(description = "DATABASE when left out.") MaintenanceCommand.Reindex.Scope scope,

        @Size(max = 100)
        @Schema(description = "Which databases; all when left out, exactly one for INDEX, TABLE and SCHEMA.")
        List<@NotNull @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE) String> databases,

        @Pattern(regexp = Names.QUALIFIED, message = Names.QUALIFIED_RULE)
        @Schema(description = "The index, table or schema; for INDEX, TABLE and SCHEMA.")
        String name,

        @Schema(description = "Without locking out writers; true when left out. Plain REINDEX is risk HIGH.")
        Boolean concurrently,

        @Valid Guard guard)
        implements OperationSpec {

    public Reindex {
        scope = scope == null ? MaintenanceCommand.Reindex.Scope.DATABASE : scope;
        databases = databases == null ? List.of() : List.copyOf(databases);
        concurrently = concurrently == null || concurrently;
        guard = guard == null ? Guard.DEFAULT : guard;
    }

    @AssertTrue(message = "name: INDEX, TABLE and SCHEMA need a name and exactly one database; DATABASE takes no name")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isNamed() {
        return scope == MaintenanceCommand.Reindex.Scope.DATABASE
                ? name == null
                : name != null && databases.size() == 1;
    }

    @Override
    public Risk risk(Risk declared) {
        return concurrently ? declared : Risk.HIGH;
    }

    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return MaintenanceRunbook.locks(target);
    }
}
