package io.pgbosun.host;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How a timeline ended, as Patroni's {@code GET /history} tells it. */
@Schema(description = "How a timeline ended, as Patroni's history tells it.")
public record PatroniHistory(
        @Schema(description = "The timeline that ended.") int timeline,

        @Schema(description = "Where the next one began.") String lsn,
        String reason,

        @Schema(description = "When the next leader had been promoted; null when Patroni does not tell.")
        Instant time,

        @Schema(description = "Who leads the timeline that began; null when Patroni does not tell.")
        String newLeader) {}
