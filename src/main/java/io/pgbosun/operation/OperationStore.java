package io.pgbosun.operation;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.store.Json;
import io.pgbosun.store.Queries;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The SQL that accepts operations and moves them from state to state, each with its event and audit entry. */
@Singleton
class OperationStore {
    /** State changes that no caller asked for are audited under this name. */
    static final Caller ENGINE = new Caller("pgbosun", Channel.SCHEDULE, List.of());

    private final Json json;

    OperationStore(Json json) {
        this.json = json;
    }

    /** An operation to be accepted. */
    record Accept(
            UUID id,
            Kind kind,
            Target target,
            OperationSpec spec,
            Map<String, String> labels,
            OperationState state,
            Caller caller,
            StartOptions options,
            String fingerprint,
            String planDigest) {}

    /** An operation that was accepted under the same key. */
    record Seen(UUID id, String fingerprint) {}

    /** One statement: operation, its place in the line, event and audit entry. False when its key was used before. */
    boolean accept(Queries tx, Accept accept) {
        var kind = accept.kind();
        var locks = kind.locks(accept.target(), accept.spec());
        return !tx.query(
                        """
                        with op as (
                          insert into operation (id, kind, target, labels, state, spec, principal, channel, reason,
                            idempotency_key, fingerprint, plan_digest, retry_of, risk, cancel_effect, locks, start_time,
                            start_deadline, timeout_seconds, last_event)
                          values ($1, $2, $3, $4::text::jsonb, $5, $6::text::jsonb, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                            $16::text::jsonb, $17, $18, $19, 1)
                          on conflict (principal, idempotency_key) do nothing
                          returning *
                        ), line as (
                          insert into operation_lock (operation, resource, exclusive)
                          select op.id, l.resource, l.exclusive
                          from op, jsonb_to_recordset(op.locks) as l(resource text, exclusive boolean) where op.state = 'QUEUED'
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, 1, 'STATE', jsonb_build_object('state', state, 'reason', '') from op
                        ), audit as (
                          insert into audit_entry (principal, channel, action, target, operation, details)
                          select principal, channel, kind || '.start', target, id,
                            jsonb_build_object('state', state, 'reason', reason, 'risk', risk) from op
                        )
                        select id from op
                        """,
                        accept.id(),
                        kind.name(),
                        accept.target().toString(),
                        json.store(accept.labels()),
                        accept.state(),
                        json.store(accept.spec()),
                        accept.caller().principal(),
                        accept.caller().channel(),
                        accept.options().reason(),
                        accept.options().idempotencyKey(),
                        accept.fingerprint(),
                        accept.planDigest(),
                        accept.options().retryOf(),
                        kind.risk(accept.spec()),
                        kind.declared().cancel(),
                        json.store(locks),
                        accept.options().startTime(),
                        accept.options().startDeadline(),
                        kind.declared().timeoutMinutes() * 60)
                .isEmpty();
    }

    Optional<Seen> seen(Queries tx, String principal, String key) {
        return tx.one(
                        "select id, fingerprint from operation where principal = $1 and idempotency_key = $2",
                        principal,
                        key)
                .map(row -> new Seen(row.uuid("id"), row.text("fingerprint")));
    }

    /** The first operation in line for one of the locks that it conflicts with. */
    Optional<UUID> blocker(Queries tx, List<LockRequest> locks) {
        return tx.one("""
                        select l.operation from operation_lock l
                        join jsonb_to_recordset($1::text::jsonb) as mine(resource text, exclusive boolean)
                          on mine.resource = l.resource and (mine.exclusive or l.exclusive)
                        order by l.held desc, l.place limit 1
                        """, json.store(locks)).map(row -> row.uuid("operation"));
    }

    /** Makes the caller the only one that looks at and changes these lines until its transaction ends. */
    void guardLines(Queries tx, List<String> resources) {
        for (var resource : resources.stream().sorted().toList()) {
            tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", resource);
        }
    }

    /** A change of state. */
    record Move(UUID id, OperationState to, String reason, Caller by, Long epoch, ProblemBody problem, Record result) {
        static Move to(OperationState to, UUID id, String reason, Caller by) {
            return new Move(id, to, reason, by, null, null, null);
        }

        /** The end of a run, which counts only when the run still holds its lease. */
        static Move ofRun(OperationState to, UUID id, long epoch, String reason, ProblemBody problem, Record result) {
            return new Move(id, to, reason, ENGINE, epoch, problem, result);
        }
    }

    /** Makes the change when the state graph allows it; false when the operation is not (or no longer) in a fitting state. */
    boolean move(Queries tx, Move move) {
        var from = Stream.of(OperationState.values())
                .filter(state -> state.next().contains(move.to()))
                .map(Enum::name)
                .toArray(String[]::new);
        return !tx.query(
                        """
                        with op as (
                          update operation set state = $2, state_reason = $3, updated_at = now(), last_event = last_event + 1,
                            problem = coalesce($6::text::jsonb, problem), result = coalesce($7::text::jsonb, result),
                            ended_at = case when $8 then now() end,
                            cancel_requested = cancel_requested or $2 = 'CANCELLING',
                            lease_until = case when $2 in ('RUNNING', 'CANCELLING') then lease_until end,
                            probes = case when $2 = 'STUCK' then probes + 1 else probes end,
                            probe_at = case when $2 = 'STUCK' then now() + make_interval(secs => least(900, 15 * 2 ^ least(probes, 10))) end
                          where id = $1 and state = any($4) and ($5::bigint is null or lease_epoch = $5)
                          returning *
                        ), line as (
                          insert into operation_lock (operation, resource, exclusive)
                          select op.id, l.resource, l.exclusive
                          from op, jsonb_to_recordset(op.locks) as l(resource text, exclusive boolean) where op.state = 'QUEUED'
                        ), unlocked as (
                          delete from operation_lock where operation in (select id from op where $8)
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, last_event, 'STATE', jsonb_strip_nulls(jsonb_build_object('state', state, 'reason', state_reason,
                            'problem', case when $8 or state = 'STUCK' then problem end, 'result', case when $8 then result end)) from op
                        ), audit as (
                          insert into audit_entry (principal, channel, action, target, operation, details)
                          select $9, $10, kind || '.' || lower(state), target, id, jsonb_build_object('reason', state_reason) from op
                        )
                        select id from op
                        """,
                        move.id(),
                        move.to(),
                        move.reason(),
                        from,
                        move.epoch(),
                        move.problem() == null ? null : json.show(move.problem()),
                        move.result() == null ? null : json.show(move.result()),
                        move.to().isFinal(),
                        move.by().principal(),
                        move.by().channel())
                .isEmpty();
    }
}
