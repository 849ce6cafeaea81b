package io.pgbosun.operation;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads operations, their steps and events, as far as the caller may see them. */
@Singleton
public final class OperationReader {
    private static final Type STRINGS = new com.fasterxml.jackson.core.type.TypeReference<List<String>>() {}.getType();
    private static final Type APPROVALS =
            new com.fasterxml.jackson.core.type.TypeReference<List<Operation.Approval>>() {}.getType();
    static final Type LABELS = new com.fasterxml.jackson.core.type.TypeReference<Map<String, String>>() {}.getType();

    private static final String COLUMNS = """
            select o.id, o.kind, o.target, o.labels::text as labels, o.state, o.state_reason, o.spec::text as spec, o.principal,
              o.channel, o.reason, o.idempotency_key, o.plan_digest, o.retry_of, o.risk, o.cancel_effect,
              o.approvals::text as approvals, o.progress::text as progress, o.warnings::text as warnings,
              o.result::text as result, o.problem::text as problem, o.last_event, o.created_at,
              coalesce(o.started_at, o.start_time) as started_at, o.updated_at, o.ended_at,
              ahead.first as blocked_by, ahead.count as ahead
            """;
    private static final String FROM = """
            from operation o
            left join lateral (
              select count(distinct b.blocker)::integer as count, (array_agg(b.blocker order by b.held desc, b.place))[1] as first
              from (select * from operation_blocker where operation = o.id and o.state = 'QUEUED' limit %d) b
            ) ahead on o.state = 'QUEUED'
            """.formatted(OperationStore.MOST_COUNTED);
    private static final String ONE = COLUMNS + ", s.names, s.states, s.starts, s.ends " + FROM + """
            left join lateral (
              select array_agg(name order by place) as names, array_agg(state order by place) as states,
                array_agg(started_at order by place) as starts, array_agg(ended_at order by place) as ends
              from operation_step where operation = o.id
            ) s on o.started_at is not null
            where o.id = $1
            """;

    private final Store store;
    private final Json json;
    private final Catalogue catalogue;
    private final Retention retention;
    private final Events events;

    OperationReader(Store store, Json json, Catalogue catalogue, Retention retention, Events events) {
        this.store = store;
        this.json = json;
        this.catalogue = catalogue;
        this.retention = retention;
        this.events = events;
    }

    /** What to look for; null means any. */
    public record Filter(String kind, String target, OperationState state, String principal, Boolean done) {}

    /** One operation with its steps. */
    public Operation get(Caller caller, UUID id) {
        caller.requireSomewhere(Permission.OPERATION_READ);
        return store.one(ONE, id)
                .filter(row -> caller.may(Permission.OPERATION_READ, labels(row)))
                .map(row -> operation(row, steps(row)))
                .orElseThrow(() -> Problem.notFound("operation", id.toString()));
    }

    /** An operation that was accepted just now. */
    Operation accepted(OperationStore.Accept accept, OperationStore.Accepted accepted) {
        var kind = accept.kind();
        var options = accept.options();
        var queued = accept.state() == OperationState.QUEUED;
        return new Operation(
                accept.id(),
                kind.name(),
                accept.target().toString(),
                accept.state(),
                "",
                false,
                json.showTree(accept.spec()),
                accept.caller().principal(),
                accept.caller().channel().name(),
                options.reason(),
                options.idempotencyKey(),
                accept.planDigest(),
                options.retryOf(),
                kind.risk(accept.spec()),
                kind.declared().cancel(),
                List.of(),
                queued ? accepted.blockedBy() : null,
                queued ? Integer.valueOf(accepted.ahead()) : null,
                null,
                List.of(),
                List.of(),
                null,
                null,
                1,
                accepted.createdAt(),
                options.startTime(),
                accepted.createdAt(),
                null,
                null);
    }

    /** Newest first, without steps. */
    public Page<Operation> list(Caller caller, Filter filter, Page.Request page) {
        caller.requireSomewhere(Permission.OPERATION_READ);
        var where = new Where();
        if (!caller.may(Permission.OPERATION_READ, Map.of())) {
            where.and(
                    "exists (select 1 from jsonb_array_elements(%s::text::jsonb) selector where o.labels @> selector)",
                    json.store(caller.selectors(Permission.OPERATION_READ)));
        }
        where.and("o.kind = %s", filter.kind());
        where.and("o.target = %s", filter.target());
        where.and("o.principal = %s", filter.principal());
        if (filter.state() != null) {
            where.and(
                    "o.state = '" + filter.state() + "'"); // in the statement itself: the indexes are for single states
            where.and("o.ended_at is " + (filter.state().isFinal() ? "not null" : "null"));
        }
        if (filter.done() != null) {
            where.and("o.ended_at is " + (filter.done() ? "not null" : "null"));
        }
        where.and("o.id < %s", page.afterId());
        var rows = store.query(
                COLUMNS + FROM + where.sql() + " order by o.id desc limit " + where.parameter(page.limit()),
                where.parameters());
        return page.of(
                rows, row -> operation(row, List.of()), row -> row.uuid("id").toString());
    }

    /** Events after the given number, oldest first, at most {@value Events#MOST}. */
    public List<OperationEvent> events(Caller caller, UUID id, long after) {
        get(caller, id);
        return events.after(id, after).events();
    }

    OperationSpec spec(UUID id) {
        var row = store.one("select kind, spec::text as spec from operation where id = $1", id)
                .orElseThrow(() -> gone(id));
        return json.load(row.text("spec"), catalogue.named(row.text("kind")).spec());
    }

    Map<String, String> labels(UUID id) {
        return labels(store.one("select labels::text as labels from operation where id = $1", id)
                .orElseThrow(() -> gone(id)));
    }

    /** It was there a moment ago: somebody has forgotten it meanwhile. */
    static Problem gone(UUID id) {
        return Problem.notFound("operation", id.toString());
    }

    private Map<String, String> labels(Row row) {
        var labels = row.text("labels");
        return labels.equals("{}") ? Map.of() : json.load(labels, LABELS);
    }

    private static List<Operation.Step> steps(Row row) {
        var names = row.texts("names");
        if (names == null) {
            return List.of();
        }
        var states = row.texts("states");
        var starts = row.times("starts");
        var ends = row.times("ends");
        var steps = new ArrayList<Operation.Step>(names.length);
        for (int i = 0; i < names.length; i++) {
            steps.add(new Operation.Step(names[i], Journal.State.valueOf(states[i]), starts[i], ends[i]));
        }
        return steps;
    }

    private JsonNode spec(Row row) {
        var kind = catalogue.named(row.text("kind"));
        return kind.holdsSecrets()
                ? json.showTree(json.load(row.text("spec"), kind.spec()))
                : json.tree(row.text("spec"));
    }

    private <T> List<T> listed(String text, Type type) {
        return text.equals("[]") ? List.of() : json.load(text, type);
    }

    private Operation operation(Row row, List<Operation.Step> steps) {
        var state = row.constant(OperationState.class, "state");
        var ended = row.time("ended_at");
        var queued = state == OperationState.QUEUED;
        return new Operation(
                row.uuid("id"),
                row.text("kind"),
                row.text("target"),
                state,
                row.text("state_reason"),
                state.isFinal(),
                spec(row),
                row.text("principal"),
                row.text("channel"),
                row.text("reason"),
                row.text("idempotency_key"),
                row.text("plan_digest"),
                row.uuid("retry_of"),
                row.constant(Risk.class, "risk"),
                row.constant(CancelEffect.class, "cancel_effect"),
                listed(row.text("approvals"), APPROVALS),
                queued ? row.uuid("blocked_by") : null,
                queued ? Integer.valueOf(row.integer("ahead")) : null,
                json.load(row.text("progress"), Operation.OperationProgress.class),
                steps,
                listed(row.text("warnings"), STRINGS),
                json.tree(row.text("result")),
                json.load(row.text("problem"), ProblemBody.class),
                row.number("last_event"),
                row.time("created_at"),
                row.time("started_at"),
                row.time("updated_at"),
                ended,
                expires(state, ended));
    }

    private Instant expires(OperationState state, Instant ended) {
        return ended == null ? null : ended.plus(retention.of(state));
    }
}
