package io.pgbosun.host;

import java.time.Instant;

/**
 * A commit, as it is in the WAL.
 *
 * @param transaction its id, of 32 bits
 * @param lsn where its record begins
 * @param time by the clock of the server
 */
public record WalCommit(long transaction, Lsn lsn, Instant time) {}
