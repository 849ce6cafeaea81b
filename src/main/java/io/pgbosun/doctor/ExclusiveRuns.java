package io.pgbosun.doctor;

import io.pgbosun.operation.OperationState;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.Arrays;

/** I3: what is locked exclusively is worked on by one operation at any instant. */
@Singleton
class ExclusiveRuns implements Invariant {
    private static final String[] FINAL = Arrays.stream(OperationState.values())
            .filter(OperationState::isFinal)
            .map(Enum::name)
            .toArray(String[]::new);

    /** From the first run to the end: what is stuck keeps its locks. Each hold is compared with those that began before. */
    private static final String OVERLAPS = "with " + Scope.OPERATIONS + """
            , run as (
              select o.id, o.kind, o.locks, min(e.at) filter (where e.data->>'state' = 'RUNNING') as began,
                coalesce(min(e.at) filter (where e.data->>'state' = any($2)), 'infinity') as ended
              from scope join operation o using (id) join operation_event e on e.operation = o.id
              where e.type = 'STATE' group by o.id),
            hold as (
              select run.id, run.kind, run.began, run.ended, l.resource, l.exclusive
              from run, jsonb_to_recordset(run.locks) as l(resource text, exclusive boolean) where run.began is not null),
            line as (
              select *, max(ended) over w as any_until, max(ended) filter (where exclusive) over w as exclusive_until
              from hold window w as (partition by resource order by began, id rows between unbounded preceding and 1 preceding))
            select b.id as operation, b.kind, b.began::text as began, b.resource, a.id as other, a.kind as other_kind,
              a.ended::text as ended
            from line b cross join lateral (
              select a.id, a.kind, a.ended from hold a
              where a.resource = b.resource and (a.began, a.id) < (b.began, b.id) and a.ended > b.began
                and (a.exclusive or b.exclusive) order by a.ended desc limit 1) a
            where b.exclusive_until > b.began or (b.exclusive and b.any_until > b.began)
            limit 100
            """;

    private static final String HELD = """
            select a.operation, b.operation as other, a.resource from operation_lock a join operation_lock b
              on b.resource = a.resource and b.operation > a.operation and (a.exclusive or b.exclusive)
            where a.held and b.held limit 100
            """;

    private final Store store;

    ExclusiveRuns(Store store) {
        this.store = store;
    }

    @Override
    public String id() {
        return "I3";
    }

    @Override
    public String title() {
        return "At most one operation at a time works on what it has locked exclusively.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        examination.examined(store.one(
                        "with " + Scope.OPERATIONS
                                + "select coalesce(sum(jsonb_array_length(locks)), 0)::bigint as count from scope join operation using (id)",
                        scope.floor())
                .orElseThrow()
                .number("count"));
        for (var row : store.query(OVERLAPS, scope.floor(), FINAL)) {
            examination.fail(
                    row.text("resource"),
                    "%s (%s) began at %s, before %s (%s) had ended (%s)."
                            .formatted(
                                    row.text("kind"),
                                    row.uuid("operation"),
                                    row.text("began"),
                                    row.text("other_kind"),
                                    row.uuid("other"),
                                    row.text("ended").equals("infinity") ? "it has not yet" : row.text("ended")),
                    "Look what both did with ./pgbosun operations get %s and ./pgbosun operations get %s, compare with the target, and report it."
                            .formatted(row.uuid("operation"), row.uuid("other")));
        }
        for (var row : store.query(HELD)) {
            examination.fail(
                    row.text("resource"),
                    "It is held by %s and %s at once.".formatted(row.uuid("operation"), row.uuid("other")),
                    "Cancel the younger one: ./pgbosun operations cancel " + row.uuid("other") + ", and report it.");
        }
    }
}
