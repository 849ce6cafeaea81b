package io.pgbosun.backup;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A restore that was made only to prove a backup. */
@Schema(description = "A restore that was made only to prove a backup.")
public record Drill(
        UUID id,
        String cluster,
        UUID backup,

        @Schema(description = "Whether every assertion held.")
        boolean passed,

        List<AssertionResult> assertions,

        @Schema(description = "Seconds from the start to the first query that was answered.")
        double recoverySeconds,

        @Schema(description = "Age of the restored data when the drill began, in seconds: what would have been lost.")
        double dataAgeSeconds,

        Instant startTime,
        Instant endTime) {

    /** How one assertion came out. */
    @Schema(description = "How one assertion came out.")
    public record AssertionResult(String assertion, boolean passed, String seen) {}
}
