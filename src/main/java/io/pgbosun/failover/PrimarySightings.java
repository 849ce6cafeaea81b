package io.pgbosun.failover;

import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerFacts;
import io.pgbosun.operation.Steps;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;

/** Where each primary was when it was seen last: when it is gone with its host, this is all that is known of it. */
@Singleton
public class PrimarySightings {
    private static final String COLUMNS =
            "select instance, lsn, synchronous, bytes_per_second, seen_at from primary_sighting ";

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

    /** Remembers who has just become primary: it may fail before anybody looks again. */
    void remember(Steps steps, String cluster, InstanceRecord primary, Server there) {
        steps.act("remember where " + primary.name() + " is", () -> saw(cluster, primary.name(), there.facts()));
    }

    private void saw(String cluster, String instance, ServerFacts facts) {
        store.update("""
                insert into primary_sighting (cluster, instance, lsn, synchronous) values ($1, $2, $3, $4)
                on conflict (cluster, instance) do update set lsn = excluded.lsn,
                  synchronous = excluded.synchronous, seen_at = now(),
                  bytes_per_second = greatest(0.9 * primary_sighting.bytes_per_second,
                    (excluded.lsn - primary_sighting.lsn) / greatest(0.1, extract(epoch from now() - primary_sighting.seen_at)))
                """, cluster, instance, facts.writeLsn().position(), facts.synchronous());
    }

    /** Of whichever was primary last. */
    Optional<Seen> last(String cluster) {
        return store.one(COLUMNS + "where cluster = $1 order by seen_at desc limit 1", cluster)
                .map(PrimarySightings::seen);
    }

    /** Of an instance when it was primary, though another one may have been since. */
    Optional<Seen> last(String cluster, String instance) {
        return store.one(COLUMNS + "where cluster = $1 and instance = $2", cluster, instance)
                .map(PrimarySightings::seen);
    }

    private static Seen seen(Row row) {
        return new Seen(
                row.text("instance"),
                new Lsn(row.number("lsn")),
                row.bool("synchronous"),
                row.number("bytes_per_second"),
                row.time("seen_at"));
    }
}
