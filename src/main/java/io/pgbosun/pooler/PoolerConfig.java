package io.pgbosun.pooler;

import io.pgbosun.host.PoolerDatabase;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How a pooler is to be configured for the current primary, and how it is. */
@Schema(description = "How a pooler is to be configured for the current primary, and how it is.")
public record PoolerConfig(
        String cluster,
        String pooler,

        @Schema(description = "Where the primary is now.") String primary,

        String configFile,

        @Schema(description = "What the file is to hold.") String wanted,

        @Schema(description = "What the file holds; null when it is absent.")
        String held,

        @Schema(description = "The databases that the running pooler has.")
        List<PoolerDatabase> running,

        @Schema(description = "Whether all three are the same.")
        boolean agrees,

        @Schema(description = "What is not the same, a sentence each.")
        List<String> differences) {}
