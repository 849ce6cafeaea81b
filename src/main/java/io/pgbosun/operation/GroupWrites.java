package io.pgbosun.operation;

import static io.pgbosun.operation.OperationStore.column;

import io.pgbosun.operation.OperationStore.Move;
import io.pgbosun.operation.OperationStore.Moved;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the runs of one service write: that of one moment in one statement. */
final class GroupWrites {
    private final Store store;
    private final GroupCommit<StepsWrite, Boolean> steps = new GroupCommit<>(this::write);
    private final GroupCommit<Move, Moved> ends;

    GroupWrites(Store store, OperationStore operations) {
        this.store = store;
        this.ends = new GroupCommit<>(moves -> Collections.nCopies(moves.size(), operations.move(store, moves)));
    }

    /**
     * How far steps of a run came.
     *
     * @param entries different steps, in their order
     * @param again true when it was tried before and may be written already
     */
    record StepsWrite(UUID operation, long epoch, List<Journal.Entry> entries, boolean again) {}

    /** Writes steps with their events, whose numbers order the steps; false when the lease is lost. */
    boolean steps(StepsWrite write) {
        return steps.commit(write);
    }

    /** Ends a run; the answer speaks of all that ended at the same moment. */
    Moved end(Move move) {
        return ends.commit(move);
    }

    /** One of the steps of a write, and where in it. */
    private record StepRow(StepsWrite write, Journal.Entry entry, int place) {}

    private List<Boolean> write(List<StepsWrite> writes) {
        var rows = writes.stream()
                .sorted(Comparator.comparing(StepsWrite::operation)) // as in every statement that changes several
                .flatMap(write -> IntStream.range(0, write.entries().size())
                        .mapToObj(i -> new StepRow(write, write.entries().get(i), i)))
                .toList();
        var leased = store
                .query(
                        """
                        with incoming as (
                          select *, not (again and exists (select 1 from operation_step s
                            where s.operation = i.operation and s.name = i.name and s.state = i.state and s.epoch = i.epoch)) as fresh
                          from unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[], $5::text[], $6::text[], $7::text[],
                            $8::boolean[]) as i(operation, epoch, place, size, name, state, answer, again)
                        ), op as (
                          update operation o set updated_at = now(), progress = null,
                            last_event = last_event + case when i.fresh then i.size else 0 end
                          from incoming i
                          where i.place = 0 and o.id = i.operation and o.lease_epoch = i.epoch and o.state in ('RUNNING', 'CANCELLING')
                          returning o.id, o.lease_epoch, o.last_event
                        ), leased as (
                          select i.*, op.last_event - size + place + 1 as number from op join incoming i on i.operation = op.id
                        ), event as (
                          insert into operation_event (operation, number, type, data)
                          select operation, number, 'STEP', jsonb_build_object('step', name, 'state', state) from leased where fresh
                        ), step as (
                          insert into operation_step (operation, name, place, state, epoch, answer, ended_at)
                          select operation, name, number, state, epoch, answer::jsonb, case when state <> 'INTENT' then now() end
                          from leased
                          %s
                        )
                        select id, lease_epoch as epoch from op
                        """.formatted(OperationStore.STEP_WENT_ON),
                        column(rows, UUID[]::new, row -> row.write().operation()),
                        column(rows, Long[]::new, row -> row.write().epoch()),
                        column(rows, Integer[]::new, StepRow::place),
                        column(
                                rows,
                                Integer[]::new,
                                row -> row.write().entries().size()),
                        column(rows, String[]::new, row -> row.entry().step()),
                        column(rows, String[]::new, row -> row.entry().state().name()),
                        column(rows, String[]::new, row -> row.entry().answer()),
                        column(rows, Boolean[]::new, row -> row.write().again()))
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
}
