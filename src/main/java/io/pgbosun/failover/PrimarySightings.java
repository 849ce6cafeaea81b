package io.pgbosun.failover;

import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.ServerFacts;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;

/** Where each primary was when it was seen last: when it is gone with its host, this is all that is known of it. */
@Singleton
public class PrimarySightings {
    private final Store store;

    PrimarySightings(Store store) {
        this.store = store;
    }

    /**
     * The last sight of a cluster's primary.
     *
     * @param synchronous whether commits waited for a standby
     * @param bytesPerSecond of WAL, the most that was written between two sights; what is long ago counts less
     */
    record Seen(String instance, Lsn lsn, boolean synchronous, long bytesPerSecond, Instant at) {}

    /** Remembers a primary that answers. */
    public void saw(String cluster, Sighting primary) {
        saw(cluster, primary.instance().name(), primary.facts());
    }

    void saw(String cluster, String instance, ServerFacts facts) {
        store.update("""
                insert into primary_sighting (cluster, instance, lsn, synchronous) values ($1, $2, $3, $4)
                on conflict (cluster) do update set instance = excluded.instance, lsn = excluded.lsn,
                  synchronous = excluded.synchronous, seen_at = now(),
                  bytes_per_second = greatest(0.9 * primary_sighting.bytes_per_second,
                    (excluded.lsn - primary_sighting.lsn) / greatest(0.1, extract(epoch from now() - primary_sighting.seen_at)))
                """, cluster, instance, facts.writeLsn().position(), facts.synchronous());
    }

    Optional<Seen> last(String cluster) {
        return store.one(
                        "select instance, lsn, synchronous, bytes_per_second, seen_at from primary_sighting where cluster = $1",
                        cluster)
                .map(row -> new Seen(
                        row.text("instance"),
                        new Lsn(row.number("lsn")),
                        row.bool("synchronous"),
                        row.number("bytes_per_second"),
                        row.time("seen_at")));
    }
}
