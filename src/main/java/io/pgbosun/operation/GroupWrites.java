package io.pgbosun.operation;

import io.pgbosun.operation.OperationStore.Move;
import io.pgbosun.operation.OperationStore.Moved;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** What the runs of one service write: that of one moment in one statement. */
final class GroupWrites {
    private final Store store;
    private final GroupCommit<StepWrite, Boolean> steps = new GroupCommit<>(this::write);
    private final GroupCommit<Move, Moved> ends;

    GroupWrites(Store store, OperationStore operations) {
        this.store = store;
        this.ends = new GroupCommit<>(moves -> Collections.nCopies(moves.size(), operations.move(store, moves)));
    }

    /**
     * How far a step came.
     *
     * @param answer in JSON, or null
     * @param again true when it was tried before and may be written already
     */
    record StepWrite(UUID operation, long epoch, String name, Journal.State state, String answer, boolean again) {}

    /** Writes a step with its event; false when the lease is lost. */
    boolean step(StepWrite write) {
        return steps.commit(write);
    }

    /** Ends a run; the answer speaks of all that ended at the same moment. */
    Moved end(Move move) {
        return ends.commit(move);
    }

    private List<Boolean> write(List<StepWrite> writes) {
        var leased = store
                .query(
                        """
                        with incoming as (
                          select *, not (again and exists (select 1 from operation_step s
                            where s.operation = i.operation and s.name = i.name and s.state = i.state and s.epoch = i.epoch)) as fresh
                          from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[])
                            as i(operation, epoch, name, state, answer, again)
                        ), op as (
                          update operation o set updated_at = now(), progress = null, last_event = last_event + i.fresh::integer
                          from incoming i
                          where o.id = i.operation and o.lease_epoch = i.epoch and o.state in ('RUNNING', 'CANCELLING')
                          returning o.id, o.last_event, i.*
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select id, last_event, 'STEP', jsonb_build_object('step', name, 'state', state) from op where fresh
                        ), step as (
                          insert into operation_step (operation, name, place, state, epoch, answer, ended_at)
                          select id, name, (select count(*) from operation_step s where s.operation = op.id), state, epoch,
                            answer::jsonb, case when state <> 'INTENT' then now() end
                          from op
                          on conflict (operation, name) do update set state = excluded.state, epoch = excluded.epoch,
                            answer = excluded.answer, ended_at = excluded.ended_at
                        )
                        select id, epoch from op
                        """,
                        column(writes, UUID[]::new, StepWrite::operation),
                        column(writes, Long[]::new, StepWrite::epoch),
                        column(writes, String[]::new, StepWrite::name),
                        column(writes, String[]::new, write -> write.state().name()),
                        column(writes, String[]::new, StepWrite::answer),
                        column(writes, Boolean[]::new, StepWrite::again))
                .stream()
                .map(GroupWrites::lease)
                .collect(Collectors.toSet());
        return writes.stream()
                .map(write -> leased.contains(new Lease(write.operation(), write.epoch())))
                .toList();
    }

    private record Lease(UUID operation, long epoch) {}

    private static Lease lease(Row row) {
        return new Lease(row.uuid("id"), row.number("epoch"));
    }

    private static <I, T> T[] column(List<I> writes, IntFunction<T[]> array, Function<I, T> value) {
        return writes.stream().map(value).toArray(array);
    }
}
