package io.pgbosun.failover;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A standby that could become primary, and what would be lost with it. */
@Schema(description = "A standby that could become primary, and what would be lost with it.")
public record Candidate(
        String instance,

        @Schema(description = "Up to where it has received the primary's WAL.")
        String receivedLsn,

        int timeline,

        @Schema(description = "When the last transaction was committed that it has replayed; null when it has none.")
        Instant lastCommit,

        @Schema(
                description =
                        "At most how many bytes of WAL with commits the old primary has and it has not; null when nothing is known.")
        Long lossBytes,

        @Schema(description = "How many commits these are; null when only an upper bound is known.")
        Long lossCommits,

        @Schema(description = "From its last commit to the last one of the old primary; null when unknown.")
        Double lossSeconds,

        @Schema(description = "What the loss was found by.") String lossKnownBy) {}
