package io.pgbosun.pooler;

import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A PgBouncer before a cluster: clients connect to it, and it leads them to the primary. */
@Schema(description = "A PgBouncer before a cluster: clients connect to it, and it leads them to the primary.")
public record Pooler(
        String cluster,
        String name,
        String address,
        int port,
        String username,
        String sslMode,
        List<PooledDatabase> databases,

        @Schema(description = "The file with the section [databases] that pgbosun writes.")
        String configFile,

        Instant createTime,

        @Schema(description = "What it runs just now; null in lists, which ask nobody.")
        Running running) {

    /** What a pooler says of itself. */
    @Schema(name = "PoolerRunning", description = "What a pooler says of itself.")
    public record Running(
            @Schema(description = "Of PgBouncer; null when it does not answer.")
            String version,

            @Schema(description = "Those of its databases whose transactions wait.")
            List<String> paused,

            @Schema(description = "Those of its databases that take no new clients.")
            List<String> disabled,

            @Schema(description = "Why it does not answer; empty when it does.")
            String problem) {}

    Pooler with(Running seen) {
        return new Pooler(cluster, name, address, port, username, sslMode, databases, configFile, createTime, seen);
    }

    /** {@code clusters/orders/poolers/front}, for the audit trail. */
    String path() {
        return "clusters/" + cluster + "/poolers/" + name;
    }
}
