package io.pgbosun.operation;

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
            select o.id, o.kind, o.target, o.state, o.state_reason, o.spec::text as spec, o.principal, o.channel, o.reason,
              o.idempotency_key, o.plan_digest, o.retry_of, o.risk, o.cancel_effect, o.approvals::text as approvals,
              o.progress::text as progress, o.warnings::text as warnings, o.result::text as result, o.problem::text as problem,
              o.last_event, o.created_at, coalesce(o.started_at, o.start_time) as started_at, o.updated_at, o.ended_at,
              ahead.first as blocked_by, ahead.count as ahead
            from operation o
            left join lateral (
              select count(distinct other.operation)::integer as count,
                (array_agg(other.operation order by other.held desc, other.place))[1] as first
              from operation_lock mine join operation_lock other on other.resource = mine.resource
                and other.operation <> mine.operation and (other.held or other.place < mine.place)
                and (other.exclusive or mine.exclusive)
              where mine.operation = o.id and o.state = 'QUEUED'
            ) ahead on true
            """;
    private static final String VISIBLE =
            "exists (select 1 from jsonb_array_elements($1::text::jsonb) selector where o.labels @> selector)";

    private final Store store;
    private final Json json;
    private final Catalogue catalogue;
    private final Retention retention;

    OperationReader(Store store, Json json, Catalogue catalogue, Retention retention) {
        this.store = store;
        this.json = json;
        this.catalogue = catalogue;
        this.retention = retention;
    }

    /** What to look for; null means any. */
    public record Filter(String kind, String target, OperationState state, String principal, Boolean done) {}

    /** One operation with its steps. */
    public Operation get(Caller caller, UUID id) {
        caller.requireSomewhere(Permission.OPERATION_READ);
        return store.one(COLUMNS + " where " + VISIBLE + " and o.id = $2", selectors(caller), id)
                .map(row -> operation(row, steps(id)))
                .orElseThrow(() -> Problem.notFound("operation", id.toString()));
    }

    /** Newest first, without steps. */
    public Page<Operation> list(Caller caller, Filter filter, Page.Request page) {
        caller.requireSomewhere(Permission.OPERATION_READ);
        var rows = store.query(
                COLUMNS + " where " + VISIBLE + """
                         and ($2::text is null or o.kind = $2) and ($3::text is null or o.target = $3)
                         and ($4::text is null or o.state = $4) and ($5::text is null or o.principal = $5)
                         and ($6::boolean is null or (o.ended_at is not null) = $6) and ($7::uuid is null or o.id < $7)
                        order by o.id desc limit $8
                        """,
                selectors(caller),
                filter.kind(),
                filter.target(),
                filter.state(),
                filter.principal(),
                filter.done(),
                page.afterId(),
                page.limit());
        return page.of(
                rows, row -> operation(row, List.of()), row -> row.uuid("id").toString());
    }

    /** Events after the given number, oldest first, at most 500. */
    public List<OperationEvent> events(Caller caller, UUID id, long after) {
        get(caller, id);
        return events(id, after);
    }

    List<OperationEvent> events(UUID id, long after) {
        return store.query("""
                        select number, at, type, data::text as data from operation_event
                        where operation = $1 and number > $2 order by number limit 500
                        """, id, after).stream()
                .map(row -> new OperationEvent(
                        id,
                        row.number("number"),
                        row.time("at"),
                        row.constant(OperationEvent.Type.class, "type"),
                        json.tree(row.text("data"))))
                .toList();
    }

    /** True when its state is final. */
    boolean done(UUID id) {
        return store.one("select ended_at is not null as done from operation where id = $1", id)
                .map(row -> row.bool("done"))
                .orElse(true);
    }

    OperationSpec spec(UUID id) {
        var row = store.one("select kind, spec::text as spec from operation where id = $1", id)
                .orElseThrow(() -> gone(id));
        return json.load(row.text("spec"), catalogue.named(row.text("kind")).spec());
    }

    Map<String, String> labels(UUID id) {
        return json.load(
                store.one("select labels::text as labels from operation where id = $1", id)
                        .orElseThrow(() -> gone(id))
                        .text("labels"),
                LABELS);
    }

    /** It was there a moment ago: somebody has forgotten it meanwhile. */
    static Problem gone(UUID id) {
        return Problem.notFound("operation", id.toString());
    }

    private String selectors(Caller caller) {
        return json.store(caller.selectors(Permission.OPERATION_READ));
    }

    private List<Operation.Step> steps(UUID id) {
        return store
                .query(
                        "select name, state, started_at, ended_at from operation_step where operation = $1 order by place",
                        id)
                .stream()
                .map(row -> new Operation.Step(
                        row.text("name"),
                        row.constant(Journal.State.class, "state"),
                        row.time("started_at"),
                        row.time("ended_at")))
                .toList();
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
                json.showTree(json.load(
                        row.text("spec"), catalogue.named(row.text("kind")).spec())),
                row.text("principal"),
                row.text("channel"),
                row.text("reason"),
                row.text("idempotency_key"),
                row.text("plan_digest"),
                row.uuid("retry_of"),
                row.constant(Risk.class, "risk"),
                row.constant(CancelEffect.class, "cancel_effect"),
                json.load(row.text("approvals"), APPROVALS),
                queued ? row.uuid("blocked_by") : null,
                queued ? Integer.valueOf(row.integer("ahead")) : null,
                json.load(row.text("progress"), Operation.OperationProgress.class),
                steps,
                json.load(row.text("warnings"), STRINGS),
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
