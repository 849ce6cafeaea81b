package io.pgbosun.backup;

import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Which cluster archives its WAL into which repository. */
@Singleton
class WalArchiveStore {
    private final Store store;

    WalArchiveStore(Store store) {
        this.store = store;
    }

    /**
     * Where the WAL of a cluster is.
     *
     * @param method what stores it there
     * @param since nothing older can be recovered from it
     * @param endedAt when archiving was switched off, or null
     */
    record Archiving(ArchiveMethod method, String repository, Instant since, Instant endedAt) {}

    Optional<Archiving> find(String cluster) {
        return store.one("select method, repository, since, ended_at from wal_archive where cluster = $1", cluster)
                .map(row -> new Archiving(
                        row.constant(ArchiveMethod.class, "method"),
                        row.text("repository"),
                        row.time("since"),
                        row.time("ended_at")));
    }

    /** The clusters that archive, by name. */
    List<String> archiving() {
        return store.query("select cluster from wal_archive where ended_at is null order by cluster").stream()
                .map(row -> row.text("cluster"))
                .toList();
    }

    /**
     * A server whose WAL is brought into the archive of its cluster.
     *
     * @param systemIdentifier of the cluster: one of the same name may have been another
     */
    record Source(String cluster, String systemIdentifier, String repository, InstanceRecord instance) {}

    /** The servers whose WAL a service fetches for the next while: those of clusters that no other service does. */
    List<Source> fetchedBy(String service) {
        store.update("""
                update wal_archive archive set fetcher = $1, fetcher_until = now() + interval '10 seconds'
                where ended_at is null and method = 'SCRIPT'
                  and (fetcher_until is null or fetcher_until < now() + case fetcher when $1 then interval '5 seconds' else interval '0' end)
                  and exists (select 1 from instance join host on host.name = instance.host
                              where instance.cluster = archive.cluster and host.driver = 'SSH')
                """, service);
        return store.query("""
                        select archive.cluster, system_identifier, repository, instance.name, instance.host, instance.address, port, data_directory
                        from wal_archive archive
                          join cluster on cluster.name = archive.cluster
                          join instance on instance.cluster = archive.cluster
                          join host on host.name = instance.host
                        where fetcher = $1 and fetcher_until > now() and ended_at is null and method = 'SCRIPT' and host.driver = 'SSH'
                        """, service).stream()
                .map(row -> new Source(
                        row.text("cluster"),
                        row.text("system_identifier"),
                        row.text("repository"),
                        ClusterStore.instance(row)))
                .toList();
    }

    /** Replaces what is known of a cluster; null forgets it. */
    void put(String cluster, Archiving archiving) {
        if (archiving == null) {
            store.update("delete from wal_archive where cluster = $1", cluster);
            return;
        }
        store.update("""
                insert into wal_archive (cluster, repository, since, ended_at, method) values ($1, $2, $3, $4, $5)
                on conflict (cluster) do update
                set method = excluded.method, repository = excluded.repository, since = excluded.since, ended_at = excluded.ended_at
                """, cluster, archiving.repository(), archiving.since(), archiving.endedAt(), archiving.method());
    }
}
