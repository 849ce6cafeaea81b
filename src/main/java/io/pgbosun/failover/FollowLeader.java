package io.pgbosun.failover;

import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Leads the poolers to who leads, whom Patroni made the leader or who took the place of the last primary, and shuts clients out of any other that takes writes. */
@Schema(
        description =
                "Leads the poolers to who leads, whom Patroni made the leader or who took the place of the last primary, and shuts clients out of any other that takes writes. pgbosun starts it by itself when the leader changes.")
@OperationKind(
        name = "follow-leader",
        summary =
                "Leads the poolers to who leads, whom Patroni made the leader or who took the place of the last primary, and shuts clients out of any other that takes writes.",
        permission = Permission.CLUSTER_OPERATE,
        risk = Risk.LOW,
        cancel = CancelEffect.LEAVES_ARTIFACTS,
        lock = OperationKind.Lock.SHARED,
        timeoutMinutes = 15)
public record FollowLeader() implements OperationSpec {
    /** Changes of the leader that follow each other fast are followed one after the other. */
    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return ClusterPoolers.locks(target);
    }

    /** Where clients are led. */
    @Schema(description = "Where clients are led.")
    public record FollowLeaderResult(
            String leader,

            @Schema(description = "The leader's.") int timeline,
            List<String> poolers,

            @Schema(description = "Instances that took writes though they do not lead.")
            List<ShutOutInstance> shutOut) {}

    /** An instance that took writes though it does not lead. */
    @Schema(description = "An instance that took writes though it does not lead.")
    public record ShutOutInstance(
            String instance,

            @Schema(
                    description =
                            "Sessions of clients that were ended there one by one; none where the server was stopped.")
            int sessions,

            @Schema(description = "Bytes of WAL that it has and the leader has not; null when that is not known.")
            Long lostBytes) {}
}
