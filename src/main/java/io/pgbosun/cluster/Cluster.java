package io.pgbosun.cluster;

import io.pgbosun.operation.Risk;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One PostgreSQL primary and its standbys, managed together. */
@Schema(description = "One PostgreSQL primary and its standbys, managed together.")
public record Cluster(
        String name,
        Driver driver,
        Origin origin,
        Map<String, String> labels,
        ClusterPolicy policy,

        @Schema(description = "Of pg_control_system(); the same on every instance.")
        String systemIdentifier,

        int instanceCount,

        @Schema(description = "Changes with every change of the record; send it as If-Match.")
        String etag,

        Instant createTime) {

    /** How a cluster is managed. */
    public enum Driver {
        /** Streaming replication driven by pgbosun. */
        NATIVE,
        /** Patroni, which also fails over by itself. */
        PATRONI
    }

    /** Where it came from. */
    public enum Origin {
        PROVISIONED,
        REGISTERED
    }

    /** What may be done to a cluster only with more than one person's word. */
    @Schema(description = "What may be done to a cluster only with more than one person's word.")
    public record ClusterPolicy(
            @Schema(description = "Operations of this risk and above need approval by another person; none when null.")
            Risk approvalFrom) {
        public static final ClusterPolicy NONE = new ClusterPolicy(null);
    }
}
