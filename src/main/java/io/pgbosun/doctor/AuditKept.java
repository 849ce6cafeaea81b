package io.pgbosun.doctor;

import io.pgbosun.audit.AuditSeal;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** I5: what was done is in the audit trail, once, and the trail is whole. Denials are stored nowhere else to compare. */
@Singleton
class AuditKept implements Invariant {
    /** How many of the newest entries are verified. */
    private static final int NEWEST = 100_000;

    private static final String UNKEPT = "with " + Scope.OPERATIONS + """
            , told as (
              select e.operation, lower(e.data->>'state') as state, count(*) as events
              from scope join operation_event e on e.operation = scope.id where e.type = 'STATE' and e.number > 1 group by 1, 2
              union all
              select id, 'start', 1 from scope),
            kept as (
              select o.id as operation, substr(a.action, length(o.kind) + 2) as state, count(*) as entries
              from scope join operation o using (id) join audit_entry a on a.operation = o.id
              where starts_with(a.action, o.kind || '.') group by 1, 2)
            select operation, state, coalesce(events, 0) as events, coalesce(entries, 0) as entries
            from told full join kept using (operation, state) where events is distinct from entries limit 100
            """;
    private static final String UNSEALED = """
            select count(*) as count, min(at) as since from audit_entry where number is null and at < now() - interval '30 seconds'
            """;

    private final Store store;
    private final AuditSeal seal;
    private final Workers workers;

    AuditKept(Store store, AuditSeal seal, Workers workers) {
        this.store = store;
        this.seal = seal;
        this.workers = workers;
    }

    @Override
    public String id() {
        return "I5";
    }

    @Override
    public String title() {
        return "Every change has its audit entry, and the chain of entries is whole.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        for (var row : store.query(UNKEPT, scope.floor())) {
            examination.fail(
                    Examination.operation(row),
                    "Its events tell %d times of '%s', the audit trail %d times."
                            .formatted(row.number("events"), row.text("state"), row.number("entries")),
                    "Someone changed the control database by hand, or it is a bug of pgbosun: report it with"
                            + " ./pgbosun audit list --operation " + row.uuid("operation") + ".");
        }
        examination.examined(store.one(
                        "select count(*) as count from (select 1 from audit_entry where number is not null order by number desc limit "
                                + NEWEST + ") newest")
                .orElseThrow()
                .number("count"));
        seal.firstBroken(NEWEST)
                .ifPresent(number -> examination.fail(
                        "audit entry " + number,
                        "It does not fit the chain: it, or one before it, was changed, removed or inserted.",
                        "Compare it with a copy of the control database: select * from audit_entry where number >= "
                                + (number - 1) + " order by number limit 2."));
        var unsealed = store.one(UNSEALED).orElseThrow();
        if (unsealed.number("count") > 0 && workers.alive()) {
            examination.fail(
                    "audit entries without a number",
                    "%d are not sealed, the oldest since %s."
                            .formatted(unsealed.number("count"), unsealed.time("since")),
                    "The heartbeat of the workers fails: look for 'heartbeat' in the service's log.");
        }
    }
}
