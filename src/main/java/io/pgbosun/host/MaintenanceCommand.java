package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A maintenance command of PostgreSQL for one relation, schema or whole database. */
public sealed interface MaintenanceCommand {
    /** {@code VACUUM}; of every table when {@code table} is null. */
    record Vacuum(TableName table, boolean full, boolean freeze, boolean analyze) implements MaintenanceCommand {}

    /** {@code ANALYZE}; of every table when {@code table} is null. */
    record Analyze(TableName table) implements MaintenanceCommand {}

    /** {@code REINDEX}; {@code name} is null for the whole database, and only its schema counts for {@link Scope#SCHEMA}. */
    record Reindex(Scope scope, TableName name, boolean concurrently) implements MaintenanceCommand {
        @Schema(name = "ReindexScope")
        public enum Scope {
            INDEX,
            TABLE,
            SCHEMA,
            DATABASE
        }
    }
}
