package io.pgbosun.doctor;

import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Whether an installation keeps its promises, by what its stored history, its servers and its files show.
 *
 * @param at when it was made
 * @param since from when on history was looked at
 * @param healthy true when no invariant fails
 */
@Schema(description = "Whether the installation keeps its promises, by what its history, servers and files show.")
public record Diagnosis(
        Instant at,

        @Schema(description = "From when on history was looked at.")
        Instant since,

        @Schema(description = "True when no invariant fails.")
        boolean healthy,

        List<InvariantCheck> checks) {}
