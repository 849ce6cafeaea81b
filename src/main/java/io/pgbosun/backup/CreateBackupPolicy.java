package io.pgbosun.backup;

import io.pgbosun.cluster.Labels;
import io.pgbosun.cluster.Names;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a new backup policy is to be. */
@Schema(description = "What a new backup policy is to be.")
public record CreateBackupPolicy(
        @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        String name,

        @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        @Schema(description = "For this cluster alone; for any when left out.")
        String cluster,

        @Labels @Schema(description = "For clusters that have these labels; for any when left out.")
        Map<String, String> selector,

        @NotNull @Valid RetentionRule retention) {

    public CreateBackupPolicy {
        selector = selector == null || selector.isEmpty() ? null : selector;
    }
}
