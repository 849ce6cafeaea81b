package io.pgbosun.operation;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.store.Json;
import io.pgbosun.store.Queries;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/** The SQL that accepts operations and moves them from state to state, each with its event and audit entry. */
@Singleton
class OperationStore {
    /** State changes that no caller asked for are audited under this name. */
    static final Caller ENGINE = new Caller("pgbosun", Channel.SCHEDULE, List.of());

    /** Who is in the way of an operation is not counted further than this. */
    static final int MOST_COUNTED = 1_000;

    /** How many of those in line behind an operation that ends are worth a look. */
    private static final int MOST_FREED = 16;

    /** Of a step that is written again, for it came further. */
    static final String STEP_WENT_ON = """
            on conflict (operation, name) do update set state = excluded.state, epoch = excluded.epoch,
              answer = excluded.answer, ended_at = excluded.ended_at
            """;

    private static final Map<OperationState, String> ORIGINS = origins();

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

    /**
     * What the control database says of an operation that it accepted.
     *
     * @param blockedBy who is first in its way, or null
     * @param ahead how many are in its way, as far as they are counted
     */
    record Accepted(Instant createdAt, UUID blockedBy, int ahead) {}

    /** One statement: operation, its place in the line, event and audit entry. Empty when its key was used before. */
    Optional<Accepted> accept(Queries tx, Accept accept) {
        var kind = accept.kind();
        var locks = kind.locks(accept.target(), accept.spec());
        return tx.one(
                        """
                        with op as (
                          insert into operation (id, kind, target, labels, state, spec, principal, channel, reason,
                            idempotency_key, fingerprint, plan_digest, retry_of, risk, cancel_effect, locks, start_time,
                            start_deadline, timeout_seconds, last_event)
                          values ($1, $2, $3, $4::text::jsonb, $5, $6::text::jsonb, $7, $8, $9, $10, $11, $12,
                            (select id from operation where id = $13::uuid for key share), $14, $15, $16::text::jsonb, $17, $18, $19, 1)
                          on conflict (principal, idempotency_key) where idempotency_key is not null do nothing
                          returning id, created_at
                        ), wanted as (
                          select op.id, l.resource, l.exclusive
                          from op, unnest($20::text[], $21::boolean[]) as l(resource, exclusive) where $5 = 'QUEUED'
                        ), line as (
                          insert into operation_lock (operation, resource, exclusive) select * from wanted
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, 1, 'STATE', jsonb_build_object('state', $5, 'reason', '') from op
                        ), audit as (
                          insert into audit_entry (principal, channel, action, target, operation, details)
                          select $7, $8, $2 || '.start', $3, id, jsonb_build_object('state', $5, 'reason', $9, 'risk', $14) from op
                        )
                        select op.created_at, ahead.first as blocked_by, ahead.count as ahead
                        from op, (
                          select count(distinct b.operation)::integer as count,
                            (array_agg(b.operation order by b.held desc, b.place))[1] as first
                          from (
                            select o.operation, o.held, o.place from wanted w
                            join operation_lock o on o.resource = w.resource and o.exclusive and not w.exclusive
                            union all
                            select o.operation, o.held, o.place from wanted w
                            join operation_lock o on o.resource = w.resource and w.exclusive
                            limit %d
                          ) b
                        ) ahead
                        """.formatted(MOST_COUNTED),
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
                        kind.declared().timeoutMinutes() * 60,
                        locks.stream().map(LockRequest::resource).toArray(String[]::new),
                        locks.stream().map(LockRequest::exclusive).toArray(Boolean[]::new))
                .map(row -> new Accepted(row.time("created_at"), row.uuid("blocked_by"), row.integer("ahead")));
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

    /** Whether a time has not come yet; the control database's clock is the one that counts. */
    boolean isLater(Queries tx, Instant time) {
        return tx.one("select $1::timestamptz > now() as later", time)
                .orElseThrow()
                .bool("later");
    }

    /** Gives a lease back that is still held under this epoch. */
    boolean leave(Queries tx, UUID id, long epoch) {
        return tx.update(
                        "update operation set lease_until = now() - interval '1 second' where id = $1 and lease_epoch = $2"
                                + " and state in ('RUNNING', 'CANCELLING')",
                        id,
                        epoch)
                > 0;
    }

    /** Whether the end of a run is written already: by a try before, that was done but not answered. */
    boolean isMoved(Queries tx, Move move) {
        return tx.one(
                        "select 1 as moved from operation where id = $1 and state = $2 and lease_epoch = $3",
                        move.id(),
                        move.to(),
                        move.epoch())
                .isPresent();
    }

    /**
     * A change of state.
     *
     * @param step that is written with it, or null
     */
    record Move(
            UUID id,
            OperationState to,
            String reason,
            Caller by,
            Long epoch,
            ProblemBody problem,
            Record result,
            Journal.Entry step) {
        static Move to(OperationState to, UUID id, String reason, Caller by) {
            return new Move(id, to, reason, by, null, null, null, null);
        }

        /** A change of a run, which counts only when the run still holds its lease. */
        static Move ofRun(OperationState to, UUID id, long epoch, String reason) {
            return new Move(id, to, reason, ENGINE, epoch, null, null, null);
        }

        /** The end of a run, which counts only when the run still holds its lease. */
        static Move ofRun(
                OperationState to,
                UUID id,
                long epoch,
                String reason,
                LiveSteps.Outcome outcome,
                Journal.Entry lastStep) {
            return new Move(id, to, reason, ENGINE, epoch, outcome.problem(), outcome.result(), lastStep);
        }
    }

    /**
     * What came of changes of state.
     *
     * @param ids of the operations that were in a fitting state and have changed it
     * @param freed operations that perhaps nothing stands in the way of any more
     */
    record Moved(Set<UUID> ids, Set<UUID> freed) {}

    /** Makes the change when the state graph allows it; false when the operation is not (or no longer) in a fitting state. */
    boolean move(Queries tx, Move move) {
        return move(tx, List.of(move)).ids().contains(move.id());
    }

    /** The only statement that changes states; each with its event and audit entry, at most one for an operation. */
    Moved move(Queries tx, List<Move> unsorted) {
        var moves = unsorted.stream().sorted(Comparator.comparing(Move::id)).toList(); // nobody waits in a circle
        var ids = new HashSet<UUID>();
        var freed = new HashSet<UUID>();
        tx.query(
                        """
                        with wanted as (
                          select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                            $8::boolean[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
                            as m(id, state, reason, origins, epoch, problem, result, final, principal, channel, step, step_state, answer)
                        ), op as (
                          update operation o set state = m.state, state_reason = m.reason, updated_at = now(),
                            last_event = last_event + case when m.step is null then 1 else 2 end,
                            problem = coalesce(m.problem::jsonb, o.problem), result = coalesce(m.result::jsonb, o.result),
                            ended_at = case when m.final then now() end,
                            cancel_requested = cancel_requested or m.state = 'CANCELLING',
                            lease_until = case when m.state in ('RUNNING', 'CANCELLING') then lease_until end,
                            probes = case when m.state = 'STUCK' then probes + 1 else probes end,
                            probe_at = case when m.state = 'STUCK'
                              then now() + make_interval(secs => least(900, 15 * 2 ^ least(probes, 10))) end
                          from wanted m
                          where o.id = m.id and o.state = any(string_to_array(m.origins, ','))
                            and (m.epoch is null or o.lease_epoch = m.epoch)
                          returning o.id, o.kind, o.target, o.state, o.state_reason, o.locks, o.last_event, o.problem, o.result,
                            m.final, m.principal, m.channel, o.lease_epoch, m.step, m.step_state, m.answer
                        ), line as (
                          insert into operation_lock (operation, resource, exclusive)
                          select op.id, l.resource, l.exclusive
                          from op, jsonb_to_recordset(op.locks) as l(resource text, exclusive boolean) where op.state = 'QUEUED'
                        ), unlocked as (
                          delete from operation_lock where operation in (select id from op where final)
                          returning operation, resource, exclusive
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, last_event - 1, 'STEP', jsonb_build_object('step', step, 'state', step_state)
                          from op where step is not null
                          union all
                          select id, last_event, 'STATE', jsonb_strip_nulls(jsonb_build_object('state', state, 'reason', state_reason,
                            'problem', case when final or state = 'STUCK' then problem end, 'result', case when final then result end))
                          from op
                        ), step as (
                          insert into operation_step (operation, name, place, state, epoch, answer, ended_at)
                          select id, step, last_event - 1, step_state, lease_epoch, answer::jsonb, now() from op where step is not null
                          %2$s
                        ), audit as (
                          insert into audit_entry (principal, channel, action, target, operation, details)
                          select principal, channel, kind || '.' || lower(state), target, id,
                            jsonb_build_object('reason', state_reason) from op
                        )
                        select id, true as moved from op
                        union all
                        select n.operation, false from unlocked u cross join lateral (
                          (select l.operation from operation_lock l
                           where u.exclusive and l.resource = u.resource and not l.held and l.operation <> u.operation
                           order by l.place limit %1$d)
                          union all
                          (select l.operation from operation_lock l
                           where not u.exclusive and l.exclusive and l.resource = u.resource and not l.held
                             and l.operation <> u.operation
                           order by l.place limit 1)
                        ) n
                        """.formatted(MOST_FREED, STEP_WENT_ON),
                        column(moves, UUID[]::new, Move::id),
                        column(moves, String[]::new, move -> move.to().name()),
                        column(moves, String[]::new, Move::reason),
                        column(moves, String[]::new, move -> ORIGINS.get(move.to())),
                        column(moves, Long[]::new, Move::epoch),
                        column(moves, String[]::new, move -> move.problem() == null ? null : json.show(move.problem())),
                        column(moves, String[]::new, move -> move.result() == null ? null : json.show(move.result())),
                        column(moves, Boolean[]::new, move -> move.to().isFinal()),
                        column(moves, String[]::new, move -> move.by().principal()),
                        column(moves, String[]::new, move -> move.by().channel().name()),
                        stepColumn(moves, Journal.Entry::step),
                        stepColumn(moves, step -> step.state().name()),
                        stepColumn(moves, Journal.Entry::answer))
                .forEach(row -> (row.bool("moved") ? ids : freed).add(row.uuid("id")));
        return new Moved(ids, freed);
    }

    private static String[] stepColumn(List<Move> moves, Function<Journal.Entry, String> value) {
        return column(moves, String[]::new, move -> move.step() == null ? null : value.apply(move.step()));
    }

    /** Forgets operations that have ended, with all that belongs to them, but for their audit entries. */
    int forget(Queries tx, String which, Object... parameters) {
        return tx.query("""
                        with gone as (
                          delete from operation where ended_at is not null and %s returning id
                        ), events as (
                          delete from operation_event where operation in (select id from gone)
                        ), steps as (
                          delete from operation_step where operation in (select id from gone)
                        )
                        select id from gone
                        """.formatted(which), parameters).size();
    }

    /** One value of each row, as a parameter for {@code unnest}. */
    static <R, T> T[] column(List<R> rows, IntFunction<T[]> array, Function<R, T> value) {
        return rows.stream().map(value).toArray(array);
    }

    /** By state: those from which one may go to it. */
    private static Map<OperationState, String> origins() {
        var origins = new EnumMap<OperationState, String>(OperationState.class);
        for (var from : OperationState.values()) {
            from.next().forEach(to -> origins.merge(to, from.name(), (some, one) -> some + "," + one));
        }
        return origins;
    }
}
