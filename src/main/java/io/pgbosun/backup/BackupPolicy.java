package io.pgbosun.backup;

import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How long backups are kept, and of which clusters. */
@Schema(description = "How long backups are kept, and of which clusters.")
public record BackupPolicy(
        String name,

        @Schema(description = "For this cluster alone; null for others too.")
        String cluster,

        @Schema(description = "For clusters that have these labels; null for any.")
        Map<String, String> selector,

        RetentionRule retention,
        Instant createTime) {

    boolean covers(String name, Map<String, String> labels) {
        return (cluster == null || cluster.equals(name))
                && (selector == null || labels.entrySet().containsAll(selector.entrySet()));
    }
}
