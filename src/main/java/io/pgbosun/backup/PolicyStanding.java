package io.pgbosun.backup;

import java.time.Instant;

/**
 * What a policy says of the backups of a cluster that it covers.
 *
 * @param kept how many it keeps
 * @param proven how many of these a drill has proven
 * @param going how many it does not keep, and are there still
 * @param newest when the newest one that it keeps ended; null when it keeps none
 */
public record PolicyStanding(
        String cluster, String policy, int kept, int proven, long keptBytes, int going, Instant newest) {}
