package io.pgbosun.operation;

import io.pgbosun.store.Json;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads events; what many watchers ask for at the same moment is one statement, and the same for all is read once. */
@Singleton
class Events {
    /** How many events one answer holds at most. */
    static final int MOST = 500;

    private final Store store;
    private final Json json;
    private final GroupCommit<Asked, Events.Seen> reads = new GroupCommit<>(this::read);

    Events(Store store, Json json) {
        this.store = store;
        this.json = json;
    }

    private record Asked(UUID operation, long after) {}

    /**
     * The next events of an operation.
     *
     * @param events oldest first
     * @param last true when no more will come after them
     */
    record Seen(List<OperationEvent> events, boolean last) {}

    /** The events after a number, {@value #MOST} at most. */
    Seen after(UUID operation, long after) {
        return reads.commit(new Asked(operation, after));
    }

    private List<Seen> read(List<Asked> asked) {
        var distinct = asked.stream().distinct().toList();
        var events = new HashMap<Asked, List<OperationEvent>>();
        var last = new HashMap<Asked, Long>();
        store.query(
                        """
                        select w.operation, w.after, case when o.ended_at is not null then o.last_event end as last,
                          e.number, e.at, e.type, e.data::text as data
                        from unnest($1::uuid[], $2::bigint[]) as w(operation, after)
                        join operation o on o.id = w.operation
                        left join lateral (
                          select number, at, type, data from operation_event
                          where operation = w.operation and number > w.after order by number limit %d
                        ) e on true
                        order by w.operation, w.after, e.number
                        """.formatted(MOST),
                        distinct.stream().map(Asked::operation).toArray(UUID[]::new),
                        distinct.stream().map(Asked::after).toArray(Long[]::new))
                .forEach(row -> {
                    var key = new Asked(row.uuid("operation"), row.number("after"));
                    var list = events.computeIfAbsent(key, missing -> new ArrayList<>());
                    last.put(key, row.has("last") ? row.number("last") : Long.MAX_VALUE);
                    if (row.has("number")) {
                        list.add(event(key.operation(), row));
                    }
                });
        return asked.stream().map(one -> seen(one, events, last)).toList();
    }

    /** An operation that is not there any more was forgotten, and has no more events. */
    private static Seen seen(Asked asked, Map<Asked, List<OperationEvent>> events, Map<Asked, Long> last) {
        var found = events.getOrDefault(asked, List.of());
        var newest = found.isEmpty() ? asked.after() : found.getLast().number();
        return new Seen(found, newest >= last.getOrDefault(asked, 0L));
    }

    private OperationEvent event(UUID operation, Row row) {
        return new OperationEvent(
                operation,
                row.number("number"),
                row.time("at"),
                row.constant(OperationEvent.Type.class, "type"),
                json.tree(row.text("data")));
    }
}
