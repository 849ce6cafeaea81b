package io.pgbosun.backup.wal;

import io.pgbosun.host.Lsn;
import java.time.Instant;
import java.util.UUID;

/**
 * A physical backup from which recovery can begin.
 *
 * @param startLsn where recovery begins to read WAL
 * @param stopLsn up to where it must read for what it restores to be consistent
 * @param endTime before it nothing can be reached from this backup
 */
public record BasePoint(UUID backup, int timeline, Lsn startLsn, Lsn stopLsn, Instant endTime) {}
