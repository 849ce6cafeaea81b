package io.pgbosun.doctor;

import io.pgbosun.operation.OperationState;
import io.pgbosun.operation.Retention;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** I1: a key makes one operation, and what was accepted is there until it is forgotten. */
@Singleton
class AcceptedOnce implements Invariant {
    private static final String UNIQUE = """
            select count(*) as count from pg_index i
            where i.indrelid = 'operation'::regclass and i.indisvalid and i.indisunique
              and pg_get_indexdef(i.indexrelid) like '%(principal, idempotency_key) WHERE (idempotency_key IS NOT NULL)'
            """;
    private static final String TWICE = "with " + Scope.OPERATIONS + """
            select principal, idempotency_key as key, string_agg(id::text, ', ' order by id) as ids
            from scope join operation using (id) where idempotency_key is not null
            group by principal, idempotency_key having count(*) > 1 limit 100
            """;
    private static final String LOST = """
            select a.operation, a.action, a.at from audit_entry a
            where a.at >= $1 and a.operation is not null and a.action like '%.start'
              and not exists (select from operation o where o.id = a.operation)
              and not exists (
                select from audit_entry f where f.operation = a.operation and (f.action = 'operation.forget'
                  or f.action like '%.succeeded' and f.at < now() - make_interval(secs => $2)
                  or f.action ~ '[.](failed|cancelled|rejected|expired)$' and f.at < now() - make_interval(secs => $3)))
            limit 100
            """;

    private final Store store;
    private final Retention retention;

    AcceptedOnce(Store store, Retention retention) {
        this.store = store;
        this.retention = retention;
    }

    @Override
    public String id() {
        return "I1";
    }

    @Override
    public String title() {
        return "Each idempotency key has one operation, and each accepted operation is there.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        examination.examined(
                store.one("with " + Scope.OPERATIONS + "select count(*) as count from scope", scope.floor())
                        .orElseThrow()
                        .number("count"));
        if (store.one(UNIQUE).orElseThrow().number("count") != 1) {
            examination.fail(
                    "table operation",
                    "Its unique index on (principal, idempotency_key) is missing or not valid.",
                    "Stop all services, then on the control database: "
                            + "create unique index operation_by_key on operation (principal, idempotency_key) where idempotency_key is not null.");
        }
        for (var row : store.query(TWICE, scope.floor())) {
            examination.fail(
                    "key '" + row.text("key") + "' of " + row.text("principal"),
                    "It has the operations " + row.text("ids") + ".",
                    "Look what both did with ./pgbosun operations get ID; then reindex table operation on the control"
                            + " database, whose unique index is broken.");
        }
        lost(scope, examination);
    }

    private void lost(Scope scope, Examination examination) {
        var rows = store.query(
                LOST,
                scope.since(),
                (double) retention.of(OperationState.SUCCEEDED).toSeconds(),
                (double) retention.of(OperationState.FAILED).toSeconds());
        for (var row : rows) {
            examination.fail(
                    Examination.operation(row),
                    "It was accepted at " + row.time("at") + " (" + row.text("action")
                            + ") and is not there, though nobody forgot it.",
                    "Someone changed the control database, or it was restored to an older state: see what it was with"
                            + " ./pgbosun audit list --operation " + row.uuid("operation") + ", and start it again.");
        }
    }
}
