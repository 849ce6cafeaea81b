package io.pgbosun.host;

/**
 * Where a timeline was left for the next one, as a history file tells it.
 *
 * @param timeline that was left
 * @param lsn up to which it counts
 */
public record TimelineSwitch(int timeline, Lsn lsn) {}
