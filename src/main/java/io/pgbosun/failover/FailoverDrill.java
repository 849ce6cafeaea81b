package io.pgbosun.failover;

import io.pgbosun.failover.PrimaryChange.Phase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A failover of a scratch copy of a cluster, with what it cost. */
@Schema(description = "A failover of a scratch copy of a cluster, with what it cost.")
public record FailoverDrill(
        UUID id,
        String cluster,

        @Schema(description = "The backup that the copy was made of; null when there was no copy.")
        UUID backup,

        @Schema(description = "Whether the copy was failed over within the bounds that were asked for.")
        boolean passed,

        @Schema(description = "Bounds that were not met, a sentence each.")
        List<String> unmet,

        @Schema(description = "Why it could not be failed over; null when it was.")
        String failure,

        @Schema(description = "What it cost; null when it could not be failed over.")
        FailoverCost cost,

        @Schema(description = "What was seen of the killed primary.")
        List<Vantage> evidence,

        @Schema(description = "The standby, and what was expected to be lost with it.")
        List<Candidate> candidates,

        List<Phase> phases,
        Instant startTime,
        Instant endTime) {

    /** What a failover cost, as a client of the cluster had it. */
    @Schema(description = "What a failover cost, as a client of the cluster had it.")
    public record FailoverCost(
            @Schema(description = "From the start until the copy of the primary answered.")
            double restoreSeconds,

            @Schema(description = "From the last commit that the old primary acknowledged to the first of the new one.")
            double withoutWritesSeconds,

            @Schema(description = "Rows that the old primary acknowledged, each in a transaction of its own.")
            long acknowledgedRows,

            @Schema(description = "Those of them that the new primary has not.")
            long lostRows,

            @Schema(
                    description =
                            "At most how many bytes of WAL with commits were to be lost, as the failover saw it; null when that was not known.")
            Long estimatedLossBytes,

            @Schema(description = "How many bytes of WAL the standby had to receive when the primary was killed.")
            long candidateLagBytes,

            @Schema(description = "The timeline that began with the promotion.")
            int timeline) {}
}
