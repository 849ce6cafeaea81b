package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Removes a backup; never the newest one of its cluster that a drill has proven. */
@Schema(description = "Removes a backup; never the newest one of its cluster that a drill has proven.")
@OperationKind(
        name = "delete-backup",
        summary = "Removes a backup; never the newest one of its cluster that a drill has proven.",
        permission = Permission.BACKUP_DELETE,
        risk = Risk.HIGH,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        target = "backups",
        timeoutMinutes = 60,
        checkedOnAccept = true)
public record DeleteBackup() implements OperationSpec {
    /** What was removed. */
    @Schema(description = "The backup that was removed.")
    public record DeleteBackupResult(UUID backup, String cluster, long freedBytes) {}
}
