package io.pgbosun.operation;

import io.pgbosun.audit.AuditSeal;
import io.pgbosun.operation.OperationStore.Move;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.UUID;

/** What time alone brings: windows open, deadlines pass, the audit trail is sealed, old operations are forgotten. */
@Singleton
public class Housekeeping {
    private static final int BATCH = 100;
    private static final int MOST_FORGOTTEN = 2_000;

    private final Store store;
    private final OperationStore operations;
    private final AuditSeal seal;
    private final Hints hints;
    private final Retention retention;

    Housekeeping(Store store, OperationStore operations, AuditSeal seal, Hints hints, Retention retention) {
        this.store = store;
        this.operations = operations;
        this.seal = seal;
        this.hints = hints;
        this.retention = retention;
    }

    /** Does all that is due; any number of services may do it at once. */
    public void tidy() {
        moveDue(
                "state = 'SCHEDULED' and start_time <= now() and (start_deadline is null or start_deadline > now())",
                OperationState.QUEUED,
                "its start time has come");
        moveDue(
                "state in ('AWAITING_APPROVAL', 'SCHEDULED', 'QUEUED') and start_deadline <= now()",
                OperationState.EXPIRED,
                "its start deadline has passed");
        moveDue(
                "state = 'AWAITING_APPROVAL' and created_at <= now() - interval '24 hours'",
                OperationState.EXPIRED,
                "nobody has approved it within 24 hours");
        while (seal.seal() == AuditSeal.BATCH) {
            // until little is left unsealed
        }
        forget(OperationState.SUCCEEDED, "=");
        forget(OperationState.FAILED, "<>");
    }

    private void moveDue(String due, OperationState to, String reason) {
        var moved = store.<java.util.List<UUID>>tx(tx -> {
            var ids = tx
                    .query("select id from operation where %s order by id limit %d for update skip locked"
                            .formatted(due, BATCH))
                    .stream()
                    .map(row -> row.uuid("id"))
                    .toList();
            operations.move(
                    tx,
                    ids.stream()
                            .map(id -> Move.to(to, id, reason, OperationStore.ENGINE))
                            .toList());
            return ids;
        });
        if (!moved.isEmpty()) {
            moved.forEach(id -> hints.send("op:" + id));
            hints.send("queue"); // what has become queued, and what waited for those that expired
        }
    }

    private void forget(OperationState like, String comparison) {
        operations.forget(store, """
                id in (select id from operation where ended_at < now() - make_interval(secs => $1)
                  and state %s 'SUCCEEDED' limit %d for update skip locked)
                """.formatted(comparison, MOST_FORGOTTEN), (double)
                retention.of(like).toSeconds());
    }
}
