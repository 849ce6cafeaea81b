package io.pgbosun.access;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A role over the clusters whose labels match.
 *
 * @param role what may be done
 * @param labels labels a cluster must have, all of them; empty means every cluster and all that belongs to none
 */
@Schema(description = "A role over the clusters whose labels match.")
public record Grant(
        @NotNull Role role,

        @Schema(description = "Labels that a cluster must have, all of them; empty means everything.") @Size(max = 32)
        Map<@Size(max = 63) String, @NotNull @Size(max = 63) String> labels) {
    public Grant {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
    }

    public boolean covers(Permission permission, Map<String, String> target) {
        return role.covers(permission.leastRole) && target.entrySet().containsAll(labels.entrySet());
    }
}
