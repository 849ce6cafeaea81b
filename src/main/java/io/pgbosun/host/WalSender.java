package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One that receives WAL from a server, as {@code pg_stat_replication} tells it. */
@Schema(description = "One that receives WAL from an instance, as pg_stat_replication tells it.")
public record WalSender(
        @Schema(description = "By which application_name it has come; a standby's is the name of its instance.")
        String applicationName,

        @Schema(description = "From where; null when over a Unix socket.")
        String clientAddress,

        @Schema(description = "PostgreSQL's word: startup, catchup, streaming, backup or stopping.")
        String state,

        @Schema(description = "PostgreSQL's word: async, potential, sync or quorum.")
        String syncState,

        @Schema(description = "Up to where it was sent WAL; null before the first byte.")
        String sentLsn,

        @Schema(description = "Up to where it has WAL on its disk; null while it has not told.")
        String flushLsn,

        @Schema(description = "Up to where it has replayed WAL; null while it has not told.")
        String replayLsn,

        @Schema(description = "Bytes of WAL that it has not replayed; null while it has not told how far it is.")
        Long replayLagBytes,

        @Schema(description = "How long the newest WAL took to be replayed there; null while nothing is written.")
        Double replayLagSeconds) {}
