package io.pgbosun.host;

import java.time.Instant;

/**
 * What is in a server's WAL after some position.
 *
 * @param end where the last record ends; the position itself when there is none
 * @param commits how many transactions were committed there
 * @param lastCommit when the last of them was; null when there is none
 */
public record WalTail(Lsn end, long commits, Instant lastCommit) {}
