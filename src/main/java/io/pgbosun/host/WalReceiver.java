package io.pgbosun.host;

/**
 * What a standby's WAL receiver says of the primary ({@code pg_stat_wal_receiver}).
 *
 * @param streaming whether it streams
 * @param silentSeconds since the primary has sent anything, a keepalive at least
 * @param timeoutSeconds {@code wal_receiver_timeout}: after half of it the receiver asks for a sign of life
 */
public record WalReceiver(boolean streaming, double silentSeconds, double timeoutSeconds) {}
