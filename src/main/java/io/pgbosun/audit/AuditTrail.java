package io.pgbosun.audit;

import io.pgbosun.access.Caller;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Json;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;

/**
 * Writes what was done, asked for and denied, in the transaction of the change itself. Entries are chained by the
 * {@link AuditSeal} a moment later, because chaining in the transaction would make every change wait for the one before.
 */
@Singleton
public final class AuditTrail {
    private final Json json;

    AuditTrail(Json json) {
        this.json = json;
    }

    /** Writes that a caller was denied something, in a transaction of its own. */
    public void denied(Store store, Caller caller, String what, Problem why) {
        store.inTx(tx -> write(tx, caller, "access.denied", what, null, Map.of("why", why.detail())));
    }

    /**
     * Writes one entry.
     *
     * @param action what was done, such as {@code token.create}
     * @param target to what, such as {@code clusters/orders}
     * @param operation the operation it belongs to, or null
     * @param details more, without secrets
     */
    public void write(Queries tx, Caller caller, String action, String target, UUID operation, Map<String, ?> details) {
        tx.update("""
                insert into audit_entry (principal, channel, action, target, operation, details)
                values ($1, $2, $3, $4, $5, $6::text::jsonb)
                """, caller.principal(), caller.channel(), action, target, operation, json.show(details));
    }
}
