package io.pgbosun.backup;

import io.pgbosun.access.Permission;
import io.pgbosun.cluster.Names;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Removes the backups and archived WAL of a cluster that a policy does not keep; never the newest proven one. */
@Schema(
        description =
                "Removes the backups and archived WAL of a cluster that a policy does not keep; never the newest proven one.")
@OperationKind(
        name = "expire",
        summary =
                "Removes the backups and archived WAL of a cluster that a policy does not keep; never the newest proven one.",
        permission = Permission.BACKUP_DELETE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 24 * 60,
        checkedOnAccept = true)
public record Expire(
        @NotNull
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "The backup policy that says what is kept.")
        String policy)
        implements OperationSpec {

    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return List.of(new LockRequest(target.toString(), false), new LockRequest(target + "/backups", true));
    }

    /** What was removed. */
    @Schema(description = "What was removed, and what was not.")
    public record ExpireResult(
            String policy,
            String cluster,

            @Schema(description = "The backups that were removed.")
            List<UUID> removed,

            @Schema(description = "How many were kept.") int kept,
            long freedBytes,

            @Schema(description = "Files of archived WAL that were removed.")
            int removedWalCount,

            @Schema(description = "How large those were together.")
            long freedWalBytes) {}
}
