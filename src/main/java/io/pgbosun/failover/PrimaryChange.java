package io.pgbosun.failover;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A change of a cluster's primary: what it rested on, how long each part took, what it cost. */
@Schema(description = "A change of a cluster's primary: what it rested on, how long each part took, what it cost.")
public record PrimaryChange(
        UUID id,

        @Schema(description = "The operation that made it; null when Patroni made it by itself.")
        UUID operation,

        String cluster,
        Kind kind,
        String reason,

        @Schema(description = "Who started it; patroni when nobody did.")
        String principal,

        String oldPrimary,
        String newPrimary,

        @Schema(description = "The timeline that began.") int timeline,
        Instant time,

        @Schema(description = "What was seen of the old primary; none for a switchover.")
        List<Vantage> evidence,

        @Schema(description = "The standbys, the best one first; none for a switchover.")
        List<Candidate> candidates,

        List<Phase> phases,

        @Schema(description = "At most, as it was known then.")
        Long estimatedLossBytes,

        @Schema(description = "As it was found when the old primary came back; null until then.")
        Long realLossBytes,

        @Schema(description = "Commits that the old primary had and the new one has not; null until it came back.")
        Long realLossCommits) {

    /** What changed it. */
    @Schema(name = "PrimaryChangeKind")
    public enum Kind {
        SWITCHOVER,
        FAILOVER
    }

    /** A part of it. */
    @Schema(description = "A part of a change of the primary.")
    public record Phase(String name, double durationSeconds) {}
}
