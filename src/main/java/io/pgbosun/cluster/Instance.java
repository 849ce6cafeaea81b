package io.pgbosun.cluster;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One server process of a cluster, as it was found just now. */
@Schema(description = "One server process of a cluster, as it was found just now.")
public record Instance(
        String name,

        @Schema(description = "The host whose programs run it; null when pgbosun only connects to it.")
        String host,

        String address,
        int port,
        Role role,
        State state,

        @Schema(description = "Of the WAL it writes or replays.")
        Integer timeline,

        @Schema(description = "Last WAL position written (primary) or replayed (standby).")
        String lsn,

        @Schema(description = "Bytes of WAL that the primary has written and it has not replayed.")
        Long replayLagBytes,

        @Schema(description = "Seconds since the last replayed commit; 0 when all that was received is replayed.")
        Double replayLagSeconds,

        @Schema(description = "Such as 15.8.") String serverVersion,
        @Schema(description = "Why it is not UP.") String stateReason) {

    /** What it does in the cluster. */
    @Schema(name = "InstanceRole")
    public enum Role {
        PRIMARY,
        STANDBY,
        UNKNOWN
    }

    /** Whether it answers. */
    @Schema(name = "InstanceState")
    public enum State {
        UP,
        DOWN
    }
}
