package io.pgbosun.failover;

import io.pgbosun.operation.Ids;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The history of primaries. */
@Singleton
class PrimaryChangeStore {
    private static final String LAST = "select cluster, old_primary, new_primary, timeline from primary_change";

    private final Store store;
    private final Json json;

    PrimaryChangeStore(Store store, Json json) {
        this.store = store;
        this.json = json;
    }

    /** Who started the operation and why is taken from it; recording it again changes nothing. */
    void put(PrimaryChange change) {
        store.update(
                """
                insert into primary_change
                  (id, operation, cluster, kind, old_primary, new_primary, timeline, report, reason, principal)
                select $1, $1, $2, $3, $4, $5, $6, $7::text::jsonb, coalesce(max(o.reason), ''), coalesce(max(o.principal), '')
                from operation o where o.id = $1
                on conflict (id) do nothing
                """,
                change.operation(),
                change.cluster(),
                change.kind(),
                change.oldPrimary(),
                change.newPrimary(),
                change.timeline(),
                json.store(change));
    }

    /** One that nobody here has started. */
    void observed(Queries tx, PrimaryChange change) {
        tx.update(
                """
                insert into primary_change (id, cluster, kind, old_primary, new_primary, timeline, report, reason, principal)
                values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
                """,
                change.id(),
                change.cluster(),
                change.kind(),
                change.oldPrimary(),
                change.newPrimary(),
                change.timeline(),
                json.store(change),
                change.reason(),
                change.principal());
    }

    /** The last change of a primary, and the timeline that began. */
    record Last(String cluster, String oldPrimary, String newPrimary, int timeline) {}

    Optional<Last> newest(String cluster) {
        return store.one(LAST + " where cluster = $1 order by id desc limit 1", cluster)
                .map(PrimaryChangeStore::last);
    }

    /** The last changes that were failovers from an instance which pgbosun runs, and which may come back as it was. */
    List<Last> former() {
        return store.query(LAST + """
                         c where kind = 'FAILOVER'
                          and exists (select 1 from instance i where i.cluster = c.cluster and i.name = c.old_primary and i.host is not null)
                          and not exists (select 1 from primary_change later where later.cluster = c.cluster and later.id > c.id)
                        """).stream().map(PrimaryChangeStore::last).toList();
    }

    private static Last last(Row row) {
        return new Last(row.text("cluster"), row.text("old_primary"), row.text("new_primary"), row.integer("timeline"));
    }

    boolean has(UUID operation) {
        return store.one("select from primary_change where id = $1", operation).isPresent();
    }

    /** Whether the newest change of the cluster is the one that began this timeline. */
    boolean tells(String cluster, String newPrimary, int timeline) {
        return store.one(
                        "select new_primary, timeline from primary_change where cluster = $1 order by id desc limit 1",
                        cluster)
                .filter(row -> row.text("new_primary").equals(newPrimary) && row.integer("timeline") == timeline)
                .isPresent();
    }

    /** Whether an operation of ours began this timeline, and has led clients to its leader. */
    boolean isOwn(String cluster, int timeline) {
        return store.one(
                        "select operation, timeline from primary_change where cluster = $1 order by id desc limit 1",
                        cluster)
                .filter(row -> row.has("operation") && row.integer("timeline") == timeline)
                .isPresent();
    }

    /** What the newest failover from this instance has really lost, unless that is known already; no commits when null. */
    void lost(String cluster, String oldPrimary, long bytes, Long commits) {
        store.update("""
                update primary_change set real_loss_bytes = $3, real_loss_commits = $4
                where real_loss_bytes is null and id = (
                  select id from primary_change
                  where cluster = $1 and old_primary = $2 and kind = 'FAILOVER' order by id desc limit 1)
                """, cluster, oldPrimary, bytes, commits);
    }

    /** The newest first; of one kind, or (null) of all. */
    Page<PrimaryChange> list(String cluster, PrimaryChange.Kind kind, Page.Request page) {
        var rows = store.query(
                """
                select id, operation, report::text as report, reason, principal, real_loss_bytes, real_loss_commits
                from primary_change
                where cluster = $1 and ($2::text is null or kind = $2) and ($3::uuid is null or id < $3)
                order by id desc limit $4
                """, cluster, kind, page.after() == null ? null : Ids.parse("pageToken", page.after()), page.limit());
        return page.of(rows, this::change, row -> row.uuid("id").toString());
    }

    private PrimaryChange change(Row row) {
        var written = json.load(row.text("report"), PrimaryChange.class);
        return new PrimaryChange(
                row.uuid("id"),
                row.has("operation") ? row.uuid("operation") : null,
                written.cluster(),
                written.kind(),
                row.text("reason"),
                row.text("principal"),
                written.oldPrimary(),
                written.newPrimary(),
                written.timeline(),
                written.time(),
                written.evidence(),
                written.candidates(),
                written.phases(),
                written.estimatedLossBytes(),
                row.has("real_loss_bytes") ? Long.valueOf(row.number("real_loss_bytes")) : null,
                row.has("real_loss_commits") ? Long.valueOf(row.number("real_loss_commits")) : null);
    }
}
