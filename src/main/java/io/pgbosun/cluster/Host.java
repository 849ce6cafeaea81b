package io.pgbosun.cluster;

import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where commands run: holds PostgreSQL's programs and data directories. */
@Schema(description = "Where commands run: holds PostgreSQL's programs and data directories.")
public record Host(
        String name,
        Driver driver,

        @Schema(description = "The directory below which clusters get their data directories.")
        String dataRoot,

        @Schema(description = "The major version of PostgreSQL's programs there.")
        Integer postgresVersion,

        Instant createTime) {
    /** How commands reach it. */
    @Schema(name = "HostDriver")
    public enum Driver {
        /** The machine that the service runs on. */
        LOCAL
    }
}
