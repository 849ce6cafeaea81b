package io.pgbosun.replication;

import io.pgbosun.cluster.Instance;
import io.pgbosun.host.ReplicationSlot;
import io.pgbosun.host.WalSender;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Who follows whom in a cluster, as its instances tell it just now. */
@Schema(description = "Who follows whom in a cluster, as its instances tell it just now.")
public record Replication(
        @Schema(
                description =
                        "The primary's setting; empty when commits wait for no standby, null while no primary answers.")
        String synchronousStandbyNames,

        List<InstanceReplication> instances) {
    /** One instance of it. */
    @Schema(description = "One instance, those that follow it, and those for whom it keeps WAL.")
    public record InstanceReplication(
            String instance,
            Instance.Role role,

            @Schema(
                    description =
                            "The instance that it streams from, or its address and port when it is none of the cluster; null when it does not stream.")
            String upstream,

            List<WalSender> senders,
            List<ReplicationSlot> slots,

            @Schema(description = "Why it does not answer.") String stateReason) {}
}
