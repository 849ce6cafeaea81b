package io.pgbosun.host;

import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /cluster} of Patroni tells.
 *
 * @param paused whether it is in maintenance mode: Patroni looks on and fails over nobody
 */
public record PatroniCluster(List<PatroniMember> members, boolean paused) {
    /** Who holds the leader key; empty when nobody does. */
    public Optional<PatroniMember> leader() {
        return members.stream().filter(PatroniMember::leads).findFirst();
    }
}
