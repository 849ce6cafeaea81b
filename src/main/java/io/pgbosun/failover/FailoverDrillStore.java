package io.pgbosun.failover;

import io.pgbosun.operation.Ids;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** The failover drills that were made, those that failed too. */
@Singleton
class FailoverDrillStore {
    private final Store store;
    private final Json json;

    FailoverDrillStore(Store store, Json json) {
        this.store = store;
        this.json = json;
    }

    /** Records how a drill came out; what an earlier run of the same one wrote before it was lost is replaced. */
    void put(FailoverDrill drill) {
        store.update("""
                insert into failover_drill (id, cluster, passed, report) values ($1, $2, $3, $4::text::jsonb)
                on conflict (id) do update set passed = excluded.passed, report = excluded.report
                """, drill.id(), drill.cluster(), drill.passed(), json.store(drill));
    }

    /** Records that it could not be failed over, unless a run of the same drill has come further. */
    void putFailed(FailoverDrill drill) {
        store.update("""
                insert into failover_drill (id, cluster, passed, report) values ($1, $2, false, $3::text::jsonb)
                on conflict (id) do update set report = excluded.report where failover_drill.report->>'failure' is not null
                """, drill.id(), drill.cluster(), json.store(drill));
    }

    /** The newest first. */
    Page<FailoverDrill> list(String cluster, Page.Request page) {
        var rows = store.query(
                "select id, report::text as report from failover_drill where cluster = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
                cluster,
                page.after() == null ? null : Ids.parse("pageToken", page.after()),
                page.limit());
        return page.of(
                rows,
                row -> json.load(row.text("report"), FailoverDrill.class),
                row -> row.uuid("id").toString());
    }
}
