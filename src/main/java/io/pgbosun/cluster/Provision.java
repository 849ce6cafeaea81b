package io.pgbosun.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.access.Permission;
import io.pgbosun.operation.CancelEffect;
import io.pgbosun.operation.LockRequest;
import io.pgbosun.operation.OperationKind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Risk;
import io.pgbosun.operation.Target;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Makes a new cluster on a host: a primary and streaming standbys, with data checksums and scram-sha-256. */
@Schema(description = "Makes a new cluster on a host: a primary and streaming standbys.")
@OperationKind(
        name = "provision",
        summary = "Makes a new cluster on a host: a primary and streaming standbys.",
        permission = Permission.CLUSTER_CREATE,
        risk = Risk.MEDIUM,
        cancel = CancelEffect.SAFE,
        lock = OperationKind.Lock.EXCLUSIVE,
        timeoutMinutes = 60,
        createsTarget = true)
public record Provision(
        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "Where; the host 'local' when left out.")
        String host,

        @Min(0) @Max(8) @Schema(description = "How many standbys; none when left out.")
        Integer standbys,

        @Min(1024)
        @Max(65535)
        @Schema(description = "The primary's port; standbys get the following ones. Free ones are found when left out.")
        Integer port,

        @Pattern(regexp = Names.PATH, message = Names.PATH_RULE)
        @Schema(
                description =
                        "The directory for the instances' data directories; below the host's data root when left out.")
        String dataDirectory,

        @Size(max = 100) @Schema(description = "Databases to create.")
        List<@NotNull @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE) String> databases,

        @Size(max = 100) @Schema(description = "Settings for postgresql.conf, over pgbosun's own.")
        Map<
                        @Pattern(regexp = "[a-z_][a-z0-9_.]{0,62}", message = "must be the name of a setting") String,
                        @NotNull @Size(max = 500) String>
                parameters,

        @Labels Map<String, String> labels,

        @Valid @Schema(description = "Sample data in the first database, to try things out with; none when left out.")
        Seed seed)
        implements OperationSpec {

    public Provision {
        host = host == null ? "local" : host;
        standbys = standbys == null ? 0 : standbys;
        databases = databases == null ? List.of() : List.copyOf(databases);
        parameters = parameters == null ? Map.of() : Map.copyOf(parameters);
        labels = labels == null ? Map.of() : Map.copyOf(labels);
    }

    /** Sample data. */
    @Schema(description = "Sample data: pgbench's tables, and a table orders with a created_at column.")
    public record Seed(
            @Min(1) @Max(100) @Schema(description = "pgbench's scale: 100,000 accounts each; 1 when left out.")
            Integer pgbenchScale,

            @Min(0) @Max(10_000_000) @Schema(description = "Rows of the table orders; 1000 when left out.")
            Integer orders) {
        public Seed {
            pgbenchScale = pgbenchScale == null ? 1 : pgbenchScale;
            orders = orders == null ? 1000 : orders;
        }
    }

    @AssertTrue(message = "seed: needs a database to go to")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isSeedPlaced() {
        return seed == null || !databases.isEmpty();
    }

    /** One at a time on a host, because ports are chosen there. */
    @Override
    public List<LockRequest> locks(Target target, OperationKind.Lock declared) {
        return List.of(new LockRequest(target.toString(), true), new LockRequest("hosts/" + host, true));
    }

    @Override
    public Map<String, String> newTargetLabels() {
        return labels;
    }

    /** What was made. */
    @Schema(description = "The cluster that was made.")
    public record ProvisionResult(String cluster, List<String> instances, int primaryPort) {}
}
