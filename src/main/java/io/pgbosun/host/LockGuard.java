package io.pgbosun.host;

import java.time.Duration;

/**
 * How long a statement may be in the way of others.
 *
 * @param lockTimeout how long it waits for a lock before it gives up ({@code lock_timeout})
 * @param maxBlocking how long another session may wait for it before it is cancelled
 */
public record LockGuard(Duration lockTimeout, Duration maxBlocking) {}
