package io.pgbosun.doctor;

import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** I8: with a worker alive, nothing stays where it is for longer than a lease and two polls. */
@Singleton
class NothingStalls implements Invariant {
    /** Two polls of a second, and a moment. */
    private static final String ABANDONED = """
            select id as operation, kind, target, state, lease_until::text as since from operation
            where state in ('RUNNING', 'CANCELLING') and (lease_until is null or lease_until < now() - interval '5 seconds')
            order by id limit 100
            """;
    /** The oldest that nothing stands before; a worker that takes up others may have all its hands full. */
    private static final String WAITING = """
            select o.id as operation, o.kind, o.target, o.state, o.updated_at::text as since from operation o
            where o.state = 'QUEUED' and o.updated_at < now() - interval '15 seconds'
              and not exists (select from operation_blocker b where b.operation = o.id)
              and not exists (
                select 1 from audit_entry a where a.at > now() - interval '15 seconds' and a.action like '%.running')
              and (select count(*) from operation where state in ('RUNNING', 'CANCELLING')) < $1
            order by o.created_at, o.id limit 1
            """;

    private static final String OVERDUE = """
            select id as operation, kind, target, state, start_time::text as since from operation
            where state = 'SCHEDULED' and start_time < now() - interval '15 seconds'
            union all
            select id, kind, target, state, created_at::text from operation
            where state = 'AWAITING_APPROVAL' and created_at < now() - interval '24 hours 15 seconds'
            union all
            select id, kind, target, state, probe_at::text from operation
            where state = 'STUCK' and probe_at < now() - interval '15 seconds'
            limit 100
            """;
    private static final String STUCK = """
            select id as operation, kind, target, state, state_reason as since from operation where state = 'STUCK' limit 100
            """;

    private final Store store;
    private final Workers workers;

    NothingStalls(Store store, Workers workers) {
        this.store = store;
        this.workers = workers;
    }

    @Override
    public String id() {
        return "I8";
    }

    @Override
    public String title() {
        return "Nothing that could go on stands still for longer than a lease and two polls.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        examination.examined(store.one("select count(*) as count from operation where " + Scope.ACTIVE)
                .orElseThrow()
                .number("count"));
        store.query(ABANDONED)
                .forEach(row ->
                        late(examination, row, "its lease ended at " + row.text("since") + " and nobody took it up"));
        store.query(WAITING, (long) workers.slots())
                .forEach(row -> late(
                        examination,
                        row,
                        "nothing stands before it since " + row.text("since")
                                + " at the latest, and no operation was taken up for 15 s"));
        store.query(OVERDUE).forEach(row -> late(examination, row, "it was due at " + row.text("since")));
        for (var row : store.query(STUCK)) {
            examination.warn(
                    Examination.operation(row),
                    "%s of %s is STUCK: %s".formatted(row.text("kind"), row.text("target"), row.text("since")),
                    "Mend what it names and let it be tried again by itself, or say how it ended: ./pgbosun operations resolve %s --help."
                            .formatted(row.uuid("operation")));
        }
    }

    private void late(Examination examination, Row row, String seen) {
        examination.fail(
                Examination.operation(row),
                "%s of %s is %s, but %s.".formatted(row.text("kind"), row.text("target"), row.text("state"), seen),
                workers.alive()
                        ? "A worker runs and does not take it up: look for 'claiming' and 'heartbeat' in the service's log, and restart it (./pgbosun stop, ./pgbosun start)."
                        : "No worker is known: start a service whose PGBOSUN_ROLES contain worker over this control database.");
    }
}
