package io.pgbosun.maintenance;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What was done.
 *
 * @param done each database or table, in order
 */
@Schema(description = "What was done, in order.")
public record MaintenanceResult(List<String> done) {}
