package io.pgbosun.pooler;

import io.pgbosun.cluster.Names;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A database that a pooler gives its clients. */
@Schema(description = "A database that a pooler gives its clients.")
public record PooledDatabase(
        @NotNull
        @Pattern(
                regexp = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}",
                message = "must be 1 to 63 letters, digits, underscores, dots or hyphens")
        @Schema(description = "Under which clients know it.")
        String name,

        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "In the cluster; the same name when left out.")
        String database,

        @Min(1)
        @Max(10_000)
        @Schema(description = "Server connections for each user; PgBouncer's default_pool_size when left out.")
        Integer poolSize) {
    public PooledDatabase {
        database = database == null ? name : database;
    }
}
