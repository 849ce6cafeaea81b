package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A member of a Patroni cluster, as the DCS knows it. */
@Schema(description = "A member of a Patroni cluster, as the DCS knows it.")
public record PatroniMember(
        String name,

        @Schema(description = "Patroni's word: leader, standby_leader, replica, sync_standby and others.")
        String role,

        @Schema(description = "Patroni's word: running, streaming, stopped, start failed and others.")
        String state,

        @Schema(description = "Where its server listens.") String host,

        @Schema(description = "Where its server listens; null while it is not known.")
        Integer port,

        @Schema(description = "Where its Patroni answers; null while it is not known.")
        String apiUrl,

        @Schema(description = "Null while its server does not run.")
        Integer timeline,

        @Schema(description = "How far it is behind the leader; null for the leader, and when it is unknown.")
        Long lagBytes,

        @Schema(description = "Whether a setting waits for a restart.")
        boolean pendingRestart) {
    /** Whether it holds the leader key. */
    public boolean leads() {
        return role.equals("leader")
                || role.equals("master")
                || role.equals("primary")
                || role.equals("standby_leader");
    }

    /** Whether commits wait for it. */
    public boolean commitsWaitForIt() {
        return role.equals("sync_standby") || role.equals("quorum_standby");
    }

    /** Whether its server runs and, as a replica, receives WAL: newer versions say streaming for what was running. */
    public boolean runs() {
        return state.equals("running") || state.equals("streaming") || state.equals("in archive recovery");
    }
}
