package io.pgbosun.host;

import java.util.List;

/**
 * Whom a server follows, who follows it, and for whom it keeps WAL.
 *
 * @param inRecovery true on a standby
 * @param upstream where a standby streams from: its address and port; null when it does not stream, and on a primary
 * @param synchronousStandbyNames the setting; empty when commits wait for no standby
 */
public record ReplicationState(
        boolean inRecovery,
        Upstream upstream,
        List<WalSender> senders,
        List<ReplicationSlot> slots,
        int maxWalSenders,
        int maxReplicationSlots,
        String synchronousStandbyNames) {
    /** Where WAL comes from. */
    public record Upstream(String address, int port) {}

    /** Whether one more standby can stream from here. */
    public boolean takesOneMore() {
        return senders.size() < maxWalSenders && slots.size() < maxReplicationSlots;
    }

    /** The {@code application_name} of all that stream. */
    public List<String> streaming() {
        return senders.stream()
                .filter(sender -> "streaming".equals(sender.state())) // null when the login may not see it
                .map(WalSender::applicationName)
                .toList();
    }
}
