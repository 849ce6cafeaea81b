package io.pgbosun.doctor;

import io.pgbosun.operation.OperationState;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.stream.Stream;

/** I2: operations move along the declared graph, and each run writes under an epoch of its own. */
@Singleton
class StatePaths implements Invariant {
    /** A run that is taken up again tells its state once more. */
    private static final String[] MOVES = Stream.concat(
                    Stream.of(
                            "->AWAITING_APPROVAL",
                            "->SCHEDULED",
                            "->QUEUED",
                            "RUNNING->RUNNING",
                            "CANCELLING->CANCELLING"),
                    Arrays.stream(OperationState.values())
                            .flatMap(from -> from.next().stream().map(to -> from + "->" + to)))
            .toArray(String[]::new);

    private static final String STRAYED = "with " + Scope.OPERATIONS + """
            , told as (
              select e.operation, e.number,
                coalesce(lag(e.data->>'state') over (partition by e.operation order by e.number), '') || '->' || (e.data->>'state') as move
              from scope join operation_event e on e.operation = scope.id where e.type = 'STATE')
            select operation, number, move from told where move <> all($2) order by operation, number limit 100
            """;
    private static final String UNTOLD = "with " + Scope.OPERATIONS + """
            select o.id as operation, o.state, coalesce(e.state, 'none') as told from scope join operation o using (id)
            left join lateral (
              select data->>'state' as state from operation_event where operation = o.id and type = 'STATE'
              order by number desc limit 1) e on true
            where e.state is distinct from o.state limit 100
            """;
    private static final String EPOCHS = "with " + Scope.OPERATIONS + """
            , run as (
              select a.operation, a.at, (a.details->>'epoch')::bigint as epoch, o.lease_epoch,
                lag((a.details->>'epoch')::bigint, 1, 0::bigint) over (partition by a.operation order by a.at, a.number) as before
              from scope join operation o using (id) join audit_entry a on a.operation = o.id
              where a.action = o.kind || '.running' and a.details ? 'epoch')
            select operation, at, epoch, before, lease_epoch from run
            where epoch <= before or epoch > lease_epoch order by operation, at limit 100
            """;
    private static final String JOURNAL = "with " + Scope.OPERATIONS + """
            select o.id as operation, s.name, s.epoch, o.lease_epoch from scope join operation o using (id)
            join operation_step s on s.operation = o.id
            where s.epoch > o.lease_epoch or not exists (
              select from audit_entry a where a.operation = o.id and a.action = o.kind || '.running'
                and a.details->>'epoch' = s.epoch::text)
            limit 100
            """;
    private static final String REMEDY =
            "Look at ./pgbosun operations get %1$s and ./pgbosun audit list --operation %1$s: someone changed the control"
                    + " database by hand, or it is a bug of pgbosun; report it with both.";

    private final Store store;

    StatePaths(Store store) {
        this.store = store;
    }

    @Override
    public String id() {
        return "I2";
    }

    @Override
    public String title() {
        return "Operations move along the declared graph, final states stay, and each run has an epoch of its own.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        examination.examined(store.one(
                        "with " + Scope.OPERATIONS
                                + "select count(*) as count from scope join operation_event e on e.operation = scope.id where e.type = 'STATE'",
                        scope.floor())
                .orElseThrow()
                .number("count"));
        for (var row : store.query(STRAYED, scope.floor(), MOVES)) {
            examination.fail(
                    Examination.operation(row),
                    "Its event %d moves it %s, which is no declared move."
                            .formatted(row.number("number"), row.text("move")),
                    REMEDY.formatted(row.uuid("operation")));
        }
        for (var row : store.query(UNTOLD, scope.floor())) {
            examination.fail(
                    Examination.operation(row),
                    "It is %s, but the last state that its events tell is %s."
                            .formatted(row.text("state"), row.text("told")),
                    REMEDY.formatted(row.uuid("operation")));
        }
        epochs(scope, examination);
    }

    private void epochs(Scope scope, Examination examination) {
        for (var row : store.query(EPOCHS, scope.floor())) {
            examination.fail(
                    Examination.operation(row),
                    "It was taken up under epoch %d after epoch %d; its epoch is %d now."
                            .formatted(row.number("epoch"), row.number("before"), row.number("lease_epoch")),
                    REMEDY.formatted(row.uuid("operation")));
        }
        for (var row : store.query(JOURNAL, scope.floor())) {
            examination.fail(
                    Examination.operation(row),
                    "Its step '%s' was written under epoch %d, under which it never ran; its epoch is %d."
                            .formatted(row.text("name"), row.number("epoch"), row.number("lease_epoch")),
                    REMEDY.formatted(row.uuid("operation")));
        }
    }
}
