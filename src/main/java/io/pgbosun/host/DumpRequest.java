package io.pgbosun.host;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What pg_dump is asked for.
 *
 * @param format CUSTOM is one file, DIRECTORY a directory written by {@code jobs} processes
 * @param schemaOnly no rows
 * @param jobs parallel workers, 1 to 16; above 1 only with DIRECTORY
 */
public record DumpRequest(Endpoint source, String database, Format format, boolean schemaOnly, int jobs) {
    /** The archive formats of pg_dump that pg_restore reads in parallel or in part. */
    @Schema(name = "DumpFormat")
    public enum Format {
        CUSTOM,
        DIRECTORY
    }
}
