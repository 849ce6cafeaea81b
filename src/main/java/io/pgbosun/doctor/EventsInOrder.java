package io.pgbosun.doctor;

import io.pgbosun.store.Store;
import jakarta.inject.Singleton;

/** I6: who watches an operation sees each event once and in order, and the last one is what the operation is. */
@Singleton
class EventsInOrder implements Invariant {
    private static final String GAPS = "with " + Scope.OPERATIONS + """
            select o.id as operation, o.last_event, count(e.number) as count, coalesce(min(e.number), 0) as least,
              coalesce(max(e.number), 0) as greatest
            from scope join operation o using (id) left join operation_event e on e.operation = o.id
            group by o.id
            having count(e.number) <> o.last_event or min(e.number) <> 1 or max(e.number) <> o.last_event limit 100
            """;
    private static final String BACKWARDS = "with " + Scope.OPERATIONS + """
            , told as (
              select e.operation, e.number, e.at, lag(e.at) over (partition by e.operation order by e.number) as before
              from scope join operation_event e on e.operation = scope.id)
            select operation, number, at::text as at, before::text as before from told where at < before limit 100
            """;
    private static final String OUTCOMES = "with " + Scope.OPERATIONS + """
            select o.id as operation, o.state from scope join operation o using (id)
            cross join lateral (
              select data from operation_event where operation = o.id and type = 'STATE' order by number desc limit 1) e
            where o.ended_at is not null
              and (coalesce(e.data->'result', 'null') <> coalesce(jsonb_strip_nulls(o.result), 'null')
                or coalesce(e.data->'problem', 'null') <> coalesce(jsonb_strip_nulls(o.problem), 'null'))
            limit 100
            """;

    private final Store store;

    EventsInOrder(Store store) {
        this.store = store;
    }

    @Override
    public String id() {
        return "I6";
    }

    @Override
    public String title() {
        return "The events of an operation are numbered without a gap, in time order, and end in what it is.";
    }

    @Override
    public void examine(Scope scope, Examination examination) {
        examination.examined(store.one(
                        "with " + Scope.OPERATIONS
                                + "select count(*) as count from scope join operation_event e on e.operation = scope.id",
                        scope.floor())
                .orElseThrow()
                .number("count"));
        for (var row : store.query(GAPS, scope.floor())) {
            examination.fail(
                    Examination.operation(row),
                    "It has %d events, numbered from %d to %d, and tells of %d."
                            .formatted(
                                    row.number("count"),
                                    row.number("least"),
                                    row.number("greatest"),
                                    row.number("last_event")),
                    "Watchers of it have missed something: take what GET /v1/operations/%s says for true, and report it."
                            .formatted(row.uuid("operation")));
        }
        for (var row : store.query(BACKWARDS, scope.floor())) {
            examination.warn(
                    Examination.operation(row),
                    "Its event %d is of %s, the one before of %s."
                            .formatted(row.number("number"), row.text("at"), row.text("before")),
                    "The clock of the control database's host was set back: see that it is kept by NTP (chronyc tracking).");
        }
        for (var row : store.query(OUTCOMES, scope.floor())) {
            examination.fail(
                    Examination.operation(row),
                    "It is %s with another result or problem than its last event tells.".formatted(row.text("state")),
                    "Compare GET /v1/operations/%1$s with GET /v1/operations/%1$s/events: someone changed the control database by hand."
                            .formatted(row.uuid("operation")));
        }
    }
}
