package io.pgbosun.operation;

import io.pgbosun.store.Json;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Leases on operations: who runs what, under which epoch, until when. The database's clock decides. */
@Singleton
class Claims {
    static final int LEASE_SECONDS = 10;
    /** How many a look finds at most. */
    static final int PAGE = 500;

    private final Store store;
    private final Json json;
    private final Catalogue catalogue;

    Claims(Store store, Json json, Catalogue catalogue) {
        this.store = store;
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

    /** Operations that might be run now, the oldest first; not more than a few hundred. */
    List<UUID> worthALook() {
        return store.query("""
                        (select id, created_at from operation where state in ('RUNNING', 'CANCELLING') and lease_until < now()
                         order by created_at limit %1$d)
                        union all
                        (select id, created_at from operation where state = 'STUCK' and probe_at < now()
                         order by created_at limit %1$d)
                        union all
                        (select id, created_at from operation o where state = 'QUEUED'
                           and not exists (select 1 from operation_blocker b where b.operation = o.id offset 0)
                         order by created_at, id limit %1$d)
                        order by created_at, id limit %1$d
                        """.formatted(PAGE)).stream()
                .map(row -> row.uuid("id"))
                .toList();
    }

    /**
     * Takes those of the operations that nothing stands in the way of, of the kinds that this service knows: a newer one
     * over the same control database may have others. One service at a time takes any, so that none looks
     * at lines that another one is just changing. Of two that are in each other's way at most one stands in nobody's way:
     * the one that is first in line. Each is looked at by its id ({@code lateral}, {@code offset 0}): statistics that were
     * taken while the queue was empty would have all that is queued looked at for each claim.
     */
    List<Claim> take(UUID[] ids, String owner) {
        return store.alone("pgbosun.claims", """
                        with picked as materialized (
                          select o.id, o.state from unnest($1::uuid[]) as wanted(id) cross join lateral (
                            select o.id, o.state from operation o where o.id = wanted.id and o.kind = any($4) and (
                              (o.state in ('RUNNING', 'CANCELLING') and o.lease_until < now())
                              or (o.state = 'STUCK' and o.probe_at < now())
                              or (o.state = 'QUEUED' and not exists (select 1 from operation_blocker b where b.operation = o.id offset 0)))
                            for update skip locked
                          ) o
                        ), held as (
                          update operation_lock set held = true where operation in (select id from picked) and not held
                        ), op as (
                          update operation o set lease_owner = $2, lease_epoch = lease_epoch + 1,
                            lease_until = now() + make_interval(secs => $3), started_at = coalesce(started_at, now()),
                            state = case when o.state in ('QUEUED', 'STUCK') then 'RUNNING' else o.state end,
                            state_reason = case when o.state in ('QUEUED', 'STUCK') then '' else state_reason end,
                            probe_at = null, updated_at = now(), last_event = last_event + 1
                          from picked where o.id = picked.id
                          returning o.id, o.lease_epoch, o.kind, o.target, o.spec, o.plan_digest, o.cancel_requested, o.created_at,
                            o.started_at, o.timeout_seconds, o.state, o.last_event, picked.state <> 'QUEUED' as resumed
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, last_event, 'STATE', jsonb_build_object('state', state, 'reason',
                            case when lease_epoch = 1 then '' else 'taken up again, epoch ' || lease_epoch end) from op
                        ), audit as (
                          insert into audit_entry (principal, channel, action, target, operation, details)
                          select 'pgbosun', 'SCHEDULE', kind || '.' || lower(state), target, id, jsonb_build_object('epoch', lease_epoch)
                          from op
                        )
                        select id, lease_epoch, kind, target, spec::text as spec, plan_digest, cancel_requested, resumed,
                          started_at + make_interval(secs => timeout_seconds) as deadline from op order by created_at, id
                        """, ids, owner, (double) LEASE_SECONDS, catalogue.names()).stream()
                .map(this::claimed)
                .toList();
    }

    private Claim claimed(Row row) {
        var kind = catalogue.named(row.text("kind"));
        return new Claim(
                row.uuid("id"),
                row.number("lease_epoch"),
                kind,
                Target.parse(row.text("target")),
                json.load(row.text("spec"), kind.spec()),
                row.text("plan_digest"),
                row.bool("resumed"),
                row.bool("cancel_requested"),
                row.time("deadline"));
    }

    /**
     * What the control database says of a lease that was just prolonged.
     *
     * @param timedOut whether the operation has run longer than it may
     */
    record Renewed(UUID id, long epoch, boolean cancelRequested, boolean timedOut) {}

    /** Prolongs leases, in the order given; those that are not answered are lost. */
    List<Renewed> renew(UUID[] ids, String owner) {
        return store.query("""
                        update operation set lease_until = now() + make_interval(secs => $3)
                        from unnest($1::uuid[]) as mine(id)
                        where operation.id = mine.id and lease_owner = $2 and state in ('RUNNING', 'CANCELLING')
                        returning operation.id, lease_epoch, cancel_requested, started_at + make_interval(secs => timeout_seconds) < now() as timed_out
                        """, ids, owner, (double) LEASE_SECONDS).stream()
                .map(row -> new Renewed(
                        row.uuid("id"), row.number("lease_epoch"), row.bool("cancel_requested"), row.bool("timed_out")))
                .toList();
    }

    /** Gives leases back at once, in the order given, for other services to take up. */
    void release(UUID[] ids, String owner) {
        store.update("""
                update operation set lease_until = now() - interval '1 second', lease_owner = null
                from unnest($1::uuid[]) as mine(id)
                where operation.id = mine.id and lease_owner = $2 and state in ('RUNNING', 'CANCELLING')
                """, ids, owner);
    }
}
