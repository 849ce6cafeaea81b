package io.pgbosun.operation;

import io.pgbosun.store.Json;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Leases on operations: who runs what, under which epoch, until when. The database's clock decides. */
@Singleton
class Claims {
    static final int LEASE_SECONDS = 10;

    private final Store store;
    private final OperationStore operations;
    private final Json json;
    private final Catalogue catalogue;

    Claims(Store store, OperationStore operations, Json json, Catalogue catalogue) {
        this.store = store;
        this.operations = operations;
        this.json = json;
        this.catalogue = catalogue;
    }

    /**
     * An operation that this service may run now.
     *
     * @param resumed true when an earlier run has begun it
     * @param cancelled true when it was asked to stop meanwhile
     * @param deadline when it has run long enough
     */
    record Claim(
            UUID id,
            long epoch,
            Kind kind,
            Target target,
            OperationSpec spec,
            String planDigest,
            boolean resumed,
            boolean cancelled,
            Instant deadline) {}

    /** Takes the next operation that nothing stands in the way of; empty when there is none. */
    Optional<Claim> next(String owner) {
        return store.tx(tx -> candidate(tx).flatMap(row -> claim(tx, row, owner)));
    }

    private static Optional<Row> candidate(Queries tx) {
        return tx.one("""
                select id, state, array_to_string(array(select l->>'resource' from jsonb_array_elements(o.locks) l), e'\\n') as resources
                from operation o
                where (state in ('RUNNING', 'CANCELLING') and lease_until < now())
                  or (state = 'STUCK' and probe_at < now())
                  or (state = 'QUEUED' and not exists (
                    select 1 from operation_lock mine join operation_lock other on other.resource = mine.resource
                      and other.operation <> mine.operation and (other.held or other.place < mine.place)
                      and (other.exclusive or mine.exclusive)
                    where mine.operation = o.id))
                order by created_at, id limit 1
                for update of o skip locked
                """);
    }

    private Optional<Claim> claim(Queries tx, Row candidate, String owner) {
        var id = candidate.uuid("id");
        var fresh = candidate.constant(OperationState.class, "state") == OperationState.QUEUED;
        if (fresh) {
            operations.guardLines(tx, candidate.text("resources").lines().toList());
            var held = tx.update("""
                    update operation_lock set held = true where operation = $1 and not exists (
                      select 1 from operation_lock mine join operation_lock other on other.resource = mine.resource
                        and other.operation <> mine.operation and (other.held or other.place < mine.place)
                        and (other.exclusive or mine.exclusive)
                      where mine.operation = $1)
                    """, id);
            if (held == 0 && !candidate.text("resources").isEmpty()) {
                return Optional.empty(); // somebody was faster, and has told so by a hint
            }
        }
        return tx.one("""
                        with op as (
                          update operation set lease_owner = $2, lease_epoch = lease_epoch + 1,
                            lease_until = now() + make_interval(secs => $3), started_at = coalesce(started_at, now()),
                            state = case when state in ('QUEUED', 'STUCK') then 'RUNNING' else state end,
                            state_reason = case when state in ('QUEUED', 'STUCK') then '' else state_reason end,
                            probe_at = null, updated_at = now(), last_event = last_event + 1
                          where id = $1 returning *
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, last_event, 'STATE', jsonb_build_object('state', state, 'reason',
                            case when lease_epoch = 1 then '' else 'taken up again, epoch ' || lease_epoch end) from op
                        ), audit as (
                          insert into audit_entry (principal, channel, action, target, operation, details)
                          select 'pgbosun', 'SCHEDULE', kind || '.running', target, id, jsonb_build_object('epoch', lease_epoch) from op
                        )
                        select id, lease_epoch, kind, target, spec::text as spec, plan_digest, cancel_requested,
                          started_at + make_interval(secs => timeout_seconds) as deadline from op
                        """, id, owner, (double) LEASE_SECONDS).map(row -> claimed(row, !fresh));
    }

    private Claim claimed(Row row, boolean resumed) {
        var kind = catalogue.named(row.text("kind"));
        return new Claim(
                row.uuid("id"),
                row.number("lease_epoch"),
                kind,
                Target.parse(row.text("target")),
                json.load(row.text("spec"), kind.spec()),
                row.text("plan_digest"),
                resumed,
                row.bool("cancel_requested"),
                row.time("deadline"));
    }

    /**
     * What the control database says of a lease that was just prolonged.
     *
     * @param timedOut whether the operation has run longer than it may
     */
    record Renewed(UUID id, long epoch, boolean cancelRequested, boolean timedOut) {}

    /** Prolongs leases; those that are not answered are lost. */
    List<Renewed> renew(UUID[] ids, String owner) {
        return store.query("""
                        update operation set lease_until = now() + make_interval(secs => $3)
                        where id = any($1) and lease_owner = $2 and state in ('RUNNING', 'CANCELLING')
                        returning id, lease_epoch, cancel_requested, started_at + make_interval(secs => timeout_seconds) < now() as timed_out
                        """, ids, owner, (double) LEASE_SECONDS).stream()
                .map(row -> new Renewed(
                        row.uuid("id"), row.number("lease_epoch"), row.bool("cancel_requested"), row.bool("timed_out")))
                .toList();
    }

    /** Gives leases back at once, for other services to take up. */
    void release(UUID[] ids, String owner) {
        store.update(
                "update operation set lease_until = now() - interval '1 second', lease_owner = null where id = any($1) and lease_owner = $2"
                        + " and state in ('RUNNING', 'CANCELLING')",
                ids,
                owner);
    }
}
