package io.pgbosun.cluster;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Forgets a cluster; its servers, data and backups stay as they are. */
@Schema(description = "Forgets a cluster; its servers, data and backups stay as they are.")
@OperationKind(
        name = "deregister",
        summary = "Forgets a cluster; its servers, data and backups stay as they are.",
        permission = Permission.CLUSTER_DELETE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.POINT_OF_NO_RETURN,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 5)
public record Deregister() implements OperationSpec {
    /** What was forgotten, and where it still is. */
    @Schema(description = "What was forgotten, and where it still is.")
    public record DeregisterResult(String cluster, List<String> addresses) {}
}
