package io.pgbosun.schedule;

import com.fasterxml.jackson.core.type.TypeReference;
import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.schedule.Schedule.MissedRuns;
import io.pgbosun.schedule.Schedule.Overlap;
import io.pgbosun.store.Json;
import io.pgbosun.store.Page;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The schedules in the control database, whose clock says when one is due. */
@Singleton
class ScheduleStore {
    private static final Type LABELS = new TypeReference<Map<String, String>>() {}.getType();
    /** A service that dies while it fires one is replaced by another one after this time. */
    private static final int TAKEN_SECONDS = 15;

    private static final String COLUMNS = """
            s.id, s.name, s.kind, s.spec::text as spec, s.target, s.selector::text as selector, s.labels::text as labels,
            s.principal, s.cron, s.zone, s.jitter_seconds, s.missed_runs, s.grace_seconds, s.overlap, s.paused, s.fire_time,
            s.due, s.last_fire_time, s.operations, s.last_skip_time, s.last_skip, s.last_problem::text as last_problem,
            s.created_at, s.updated_at, now() as now
            """;

    private final Store store;
    private final Json json;
    private final Catalogue catalogue;

    ScheduleStore(Store store, Json json, Catalogue catalogue) {
        this.store = store;
        this.json = json;
        this.catalogue = catalogue;
    }

    /** A schedule with what callers do not see of it. */
    record Stored(UUID id, Schedule schedule, Map<String, String> labels, OperationSpec spec) {}

    /**
     * A firing that is due.
     *
     * @param schedule as it was when it was taken
     * @param spec as stored: perhaps of an older release, and no longer to be read
     * @param fireTime what cron says
     * @param dueTime that, with its jitter
     * @param now by the clock of the control database
     */
    record Due(
            UUID id,
            String name,
            String kind,
            String spec,
            String target,
            Map<String, String> selector,
            String principal,
            Timetable table,
            MissedRuns missedRuns,
            int graceSeconds,
            Overlap overlap,
            Instant fireTime,
            Instant dueTime,
            List<UUID> operations,
            Instant now) {}

    /**
     * What came of a firing.
     *
     * @param next the next time that cron says, or null for never
     * @param due that, with its jitter
     * @param fired whether anything was tried
     * @param operations that this firing has started, and earlier ones that have not ended
     * @param skip why it, or a part of it, was skipped; or null
     * @param problem why it, or a part of it, was refused; or null
     */
    record Fired(Instant next, Instant due, boolean fired, List<UUID> operations, String skip, ProblemBody problem) {}

    Instant now() {
        return store.one("select now() as now").orElseThrow().time("now");
    }

    Optional<Stored> find(String name) {
        return store.one("select " + COLUMNS + " from schedule s where s.name = $1", name)
                .map(this::stored);
    }

    Stored get(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("schedule", name));
    }

    Page<Schedule> list(Caller caller, Page.Request page) {
        var rows = store.query(
                "select " + COLUMNS + """
                         from schedule s
                        where exists (select 1 from jsonb_array_elements($1::text::jsonb) g where s.labels @> g)
                          and ($2::text is null or s.name > $2) order by s.name limit $3
                        """,
                json.store(caller.selectors(Permission.SCHEDULE_READ)),
                page.after(),
                page.limit());
        return page.of(rows, row -> stored(row).schedule(), row -> row.text("name"));
    }

    boolean insert(
            Queries tx,
            UUID id,
            CreateSchedule request,
            OperationSpec spec,
            Map<String, String> labels,
            String principal,
            Instant fireTime,
            Instant due) {
        return tx.update(
                        """
                        insert into schedule (id, name, kind, spec, target, selector, labels, principal, cron, zone,
                          jitter_seconds, missed_runs, grace_seconds, overlap, paused, fire_time, due)
                        values ($1, $2, $3, $4::text::jsonb, $5, $6::text::jsonb, $7::text::jsonb, $8, $9, $10, $11, $12, $13,
                          $14, $15, $16, $17)
                        on conflict (name) do nothing
                        """,
                        id,
                        request.name(),
                        request.kind(),
                        json.store(spec),
                        request.target(),
                        request.selector() == null ? null : json.store(request.selector()),
                        json.store(labels),
                        principal,
                        request.cron(),
                        request.zone(),
                        request.jitterSeconds(),
                        request.missedRuns(),
                        request.graceSeconds(),
                        request.overlap(),
                        request.paused(),
                        fireTime,
                        due)
                > 0;
    }

    /** Changes when it fires, unless it fires just now; with a null time, the one that it has stays. */
    boolean update(Queries tx, UUID id, Schedule changed, Instant fireTime, Instant due) {
        return tx.update(
                        """
                        update schedule set cron = $2, zone = $3, jitter_seconds = $4, missed_runs = $5, grace_seconds = $6,
                          overlap = $7, paused = $8, fire_time = coalesce($9, fire_time), due = coalesce($10, due), updated_at = now()
                        where id = $1 and (taken_until is null or taken_until < now())
                        """,
                        id,
                        changed.cron(),
                        changed.zone(),
                        changed.jitterSeconds(),
                        changed.missedRuns(),
                        changed.graceSeconds(),
                        changed.overlap(),
                        changed.paused(),
                        fireTime,
                        due)
                > 0;
    }

    void delete(Queries tx, UUID id) {
        tx.update("delete from schedule where id = $1", id);
    }

    /** Takes some of what is due, so that no other service does the same for a while. */
    List<Due> take(int most) {
        return store.query("""
                        with free as (
                          select id from schedule
                          where not paused and due <= now() and (taken_until is null or taken_until < now())
                          order by due limit $1 for update skip locked
                        )
                        update schedule s set taken_until = now() + interval '%d seconds' from free where s.id = free.id
                        returning %s
                        """.formatted(TAKEN_SECONDS, COLUMNS), most).stream()
                .map(this::due)
                .toList();
    }

    /** After how many milliseconds something is due, and may be taken; at most so many. */
    long millisToNext(long most) {
        return store.one("""
                        select least($1, greatest(0, ceil(1000 * extract(epoch from
                          min(greatest(due, taken_until)) - now()))))::bigint as millis
                        from schedule where not paused and due is not null
                        """, most).orElseThrow().number("millis");
    }

    /** What of these operations has not ended, by the target that it is at work on. */
    Map<String, UUID> notEnded(List<UUID> operations) {
        var busy = new HashMap<String, UUID>();
        if (!operations.isEmpty()) {
            store.query("select id, target from operation where id = any($1) and ended_at is null", (Object)
                            operations.toArray(UUID[]::new))
                    .forEach(row -> busy.put(row.text("target"), row.uuid("id")));
        }
        return busy;
    }

    /** Writes what came of a firing, once, whoever else has fired the same; answers whether this was the one. */
    boolean fired(Queries tx, Due due, Fired fired) {
        return tx.update(
                        """
                        update schedule set fire_time = $3, due = $4, taken_until = null,
                          last_fire_time = case when $5 then $2 else last_fire_time end,
                          operations = case when $5 then $6::uuid[] else operations end,
                          last_problem = case when $5 then $8::text::jsonb else last_problem end,
                          last_skip_time = case when $7::text is null then last_skip_time else $2 end,
                          last_skip = coalesce($7, last_skip)
                        where id = $1 and fire_time = $2
                        """,
                        due.id(),
                        due.fireTime(),
                        fired.next(),
                        fired.due(),
                        fired.fired(),
                        fired.operations().toArray(UUID[]::new),
                        fired.skip(),
                        fired.problem() == null ? null : json.store(fired.problem()))
                > 0;
    }

    private Due due(Row row) {
        var id = row.uuid("id");
        return new Due(
                id,
                row.text("name"),
                row.text("kind"),
                row.text("spec"),
                row.text("target"),
                json.load(row.text("selector"), LABELS),
                row.text("principal"),
                Timetable.of(id, row.text("cron"), row.text("zone"), row.integer("jitter_seconds")),
                row.constant(MissedRuns.class, "missed_runs"),
                row.integer("grace_seconds"),
                row.constant(Overlap.class, "overlap"),
                row.time("fire_time"),
                row.time("due"),
                row.uuids("operations"),
                row.time("now"));
    }

    private Stored stored(Row row) {
        var spec = json.load(row.text("spec"), catalogue.named(row.text("kind")).spec());
        var schedule = new Schedule(
                row.text("name"),
                row.text("kind"),
                json.showTree(spec),
                row.text("target"),
                json.load(row.text("selector"), LABELS),
                row.text("cron"),
                row.text("zone"),
                row.integer("jitter_seconds"),
                row.constant(MissedRuns.class, "missed_runs"),
                row.integer("grace_seconds"),
                row.constant(Overlap.class, "overlap"),
                row.bool("paused"),
                row.text("principal"),
                row.bool("paused") ? null : row.time("due"),
                row.time("last_fire_time"),
                row.uuids("operations"),
                row.time("last_skip_time"),
                row.text("last_skip"),
                json.load(row.text("last_problem"), ProblemBody.class),
                row.time("created_at"),
                row.time("updated_at"));
        return new Stored(row.uuid("id"), schedule, json.load(row.text("labels"), LABELS), spec);
    }
}
