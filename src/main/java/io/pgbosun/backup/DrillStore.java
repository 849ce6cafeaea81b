package io.pgbosun.backup;

import io.pgbosun.operation.Ids;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;

/** The drills that were made, those that failed too. */
@Singleton
class DrillStore {
    private final Store store;
    private final Json json;

    DrillStore(Store store, Json json) {
        this.store = store;
        this.json = json;
    }

    /** Records how a drill came out; what an earlier run of the same one wrote before it was lost is replaced. */
    void put(Drill drill, String series) {
        store.update("""
                insert into drill (id, cluster, backup, passed, series, report) values ($1, $2, $3, $4, $5, $6::text::jsonb)
                on conflict (id) do update set passed = excluded.passed, report = excluded.report
                """, drill.id(), drill.cluster(), drill.backup(), drill.passed(), series, json.store(drill));
    }

    /** Records that nothing could be looked at, unless a run of the same drill has come further. */
    void putFailed(Drill drill, String series) {
        store.update("""
                insert into drill (id, cluster, backup, passed, series, report) values ($1, $2, $3, false, $4, $5::text::jsonb)
                on conflict (id) do update set report = excluded.report where drill.report->>'failure' is not null
                """, drill.id(), drill.cluster(), drill.backup(), series, json.store(drill));
    }

    /** The newest one before of the series that passed. */
    Optional<Drill> before(UUID id, String cluster, String series) {
        return store.one("""
                        select report::text as report from drill
                        where cluster = $1 and series = $2 and passed and id < $3 order by id desc limit 1
                        """, cluster, series, id).map(row -> json.load(row.text("report"), Drill.class));
    }

    /** The newest first. */
    Page<Drill> list(String cluster, Page.Request page) {
        var rows = store.query(
                "select id, report::text as report from drill where cluster = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
                cluster,
                page.after() == null ? null : Ids.parse("pageToken", page.after()),
                page.limit());
        return page.of(
                rows,
                row -> json.load(row.text("report"), Drill.class),
                row -> row.uuid("id").toString());
    }
}
