package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Names a point in the WAL that a cluster can be recovered to, such as the one before a migration. */
@Schema(
        description =
                "Names a point in the WAL that a cluster can be recovered to, such as the one before a migration.")
@OperationKind(
        name = "restore-point",
        summary = "Names a point in the WAL that a cluster can be recovered to, such as the one before a migration.",
        permission = Permission.BACKUP_CREATE,
        risk = Risk.LOW,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 5)
public record RestorePoint(
        @NotNull
        @Pattern(
                regexp = "[^\\x00-\\x1F\\x7F]{1,63}",
                message = "must be 1 to 63 characters without control characters")
        @Schema(description = "When a name is given twice, recovery stops at the first one.")
        String name)
        implements OperationSpec {

    /** Where it is. */
    @Schema(description = "Where the restore point is.")
    public record RestorePointResult(
            String name,

            @Schema(description = "Its position in the WAL.")
            String lsn,

            @Schema(description = "By the clock of the server.")
            Instant time) {}
}
