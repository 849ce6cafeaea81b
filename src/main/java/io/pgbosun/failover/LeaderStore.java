package io.pgbosun.failover;

import io.pgbosun.store.Queries;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Whom each Patroni was seen to have made the leader. */
@Singleton
class LeaderStore {
    private final Store store;

    LeaderStore(Store store) {
        this.store = store;
    }

    /**
     * What was seen last.
     *
     * @param ledTimeline the newest timeline to whose leader clients were led
     */
    record Known(String leader, int timeline, int ledTimeline) {}

    Optional<Known> find(String cluster) {
        return store.one("select leader, timeline, led_timeline from patroni_leader where cluster = $1", cluster)
                .map(row -> new Known(row.text("leader"), row.integer("timeline"), row.integer("led_timeline")));
    }

    /** Nobody knows who led before. */
    void first(String cluster, String leader, int timeline) {
        store.update("""
                insert into patroni_leader (cluster, leader, timeline, led_timeline) values ($1, $2, $3, $3)
                on conflict do nothing
                """, cluster, leader, timeline);
    }

    /** False when another service has seen it before. */
    boolean moved(Queries tx, String cluster, Known from, String leader, int timeline) {
        return tx.update("""
                        update patroni_leader set leader = $4, timeline = $5
                        where cluster = $1 and leader = $2 and timeline = $3
                        """, cluster, from.leader(), from.timeline(), leader, timeline) > 0;
    }

    void led(String cluster, int timeline) {
        store.update(
                "update patroni_leader set led_timeline = greatest(led_timeline, $2) where cluster = $1",
                cluster,
                timeline);
    }
}
