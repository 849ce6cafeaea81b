package io.pgbosun.host;

import java.util.List;

/**
 * What pg_restore is asked for.
 *
 * @param database an existing, empty database
 * @param tables only these when not empty
 * @param jobs parallel workers
 * @param owners whether to restore ownership and privileges
 */
public record RestoreRequest(Endpoint target, String database, List<TableName> tables, int jobs, boolean owners) {}
