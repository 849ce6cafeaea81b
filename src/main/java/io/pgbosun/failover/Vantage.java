package io.pgbosun.failover;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where a primary was looked at from, and what was seen. */
@Schema(description = "Where a primary was looked at from, and what was seen.")
public record Vantage(
        @Schema(description = "The service, the host of the primary, or the name of a standby.")
        String from,

        Sees sees,
        String detail) {

    /** What was seen. */
    @Schema(name = "Sees")
    public enum Sees {
        UP,
        DOWN,
        UNKNOWN
    }
}
