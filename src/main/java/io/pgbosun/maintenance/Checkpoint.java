package io.pgbosun.maintenance;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Writes all changed pages to disk now, so that a following restart is quick. */
@Schema(description = "Writes all changed pages to disk now, so that a following restart is quick.")
@OperationKind(
        name = "checkpoint",
        summary = "Writes all changed pages to disk now, so that a following restart is quick.",
        permission = Permission.MAINTENANCE_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 60)
public record Checkpoint() implements OperationSpec {
    /** Up to where the data files are now current. */
    @Schema(description = "Up to which WAL position the data files are now current.")
    public record CheckpointResult(String redoLsn) {}
}
