package io.pgbosun.schedule;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.operation.Catalogue;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Kind;
import io.pgbosun.operation.OperationSpec;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.schedule.ScheduleStore.Stored;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Makes, changes and shows schedules, as far as the caller may. */
@Singleton
public class Schedules {
    private final ScheduleStore schedules;
    private final Operations operations;
    private final Catalogue catalogue;
    private final Store store;
    private final AuditTrail audit;
    private final Hints hints;

    Schedules(
            ScheduleStore schedules,
            Operations operations,
            Catalogue catalogue,
            Store store,
            AuditTrail audit,
            Hints hints) {
        this.schedules = schedules;
        this.operations = operations;
        this.catalogue = catalogue;
        this.store = store;
        this.audit = audit;
        this.hints = hints;
    }

    /** By name. */
    public Page<Schedule> list(Caller caller, Page.Request page) {
        caller.requireSomewhere(Permission.SCHEDULE_READ);
        return schedules.list(caller, page);
    }

    public Schedule get(Caller caller, String name) {
        caller.requireSomewhere(Permission.SCHEDULE_READ);
        return readable(caller, name).schedule();
    }

    /** Makes a schedule of what the caller may start, now and each time it fires. */
    public Schedule create(Caller caller, CreateSchedule request) {
        caller.requireSomewhere(Permission.SCHEDULE_WRITE);
        var kind = schedulable(request.kind());
        var spec = SpecReader.read(kind, request.spec());
        if ((request.target() == null) == (request.selector() == null)) {
            throw Problem.invalid(
                    "target",
                    "exactly one of target and selector must be given",
                    "Give target for one thing, selector for all clusters with some labels.");
        }
        var target = request.target() == null ? null : target(kind, request.target());
        var labels = startable(caller, kind, target, request.selector(), spec);
        caller.require(Permission.SCHEDULE_WRITE, labels);
        var id = Ids.next();
        var table = Timetable.of(id, request.cron(), request.zone(), request.jitterSeconds());
        var first = first(table);
        store.inTx(tx -> {
            if (!schedules.insert(tx, id, request, spec, labels, caller.principal(), first, table.due(first))) {
                throw Problem.alreadyExists("schedule", request.name());
            }
            audit.write(
                    tx,
                    caller,
                    "schedule.create",
                    path(request.name()),
                    null,
                    Map.of("kind", kind.name(), "cron", request.cron(), "zone", request.zone()));
        });
        hints.send("schedule");
        return schedules.get(request.name()).schedule();
    }

    private Kind schedulable(String name) {
        var kind = catalogue.named(name);
        if (kind.declared().createsTarget()) {
            throw Problem.invalid(
                    "kind",
                    "must not be one that makes its target, which is done once",
                    "Start it by its own route, with startTime for later.");
        }
        return kind;
    }

    private static Target target(Kind kind, String path) {
        var target = Target.named(path);
        if (!target.collection().equals(kind.declared().target())) {
            throw Problem.invalid(
                    "target",
                    "must be one of " + kind.declared().target() + " for " + kind.name(),
                    "Write " + kind.declared().target() + "/ and its name.");
        }
        return target;
    }

    private Map<String, String> startable(
            Caller caller, Kind kind, Target target, Map<String, String> selector, OperationSpec spec) {
        if (selector != null && !kind.declared().target().equals("clusters")) {
            throw Problem.invalid("selector", "selects clusters, which " + kind.name() + " is not for", "Give target.");
        }
        try {
            if (target != null) {
                return operations.requireStartable(caller, target, spec);
            }
            operations.requireStartable(caller, selector, spec);
            return selector;
        } catch (Problem problem) {
            throw SpecReader.within(problem);
        }
    }

    private Instant first(Timetable table) {
        return table.after(schedules.now())
                .orElseThrow(() ->
                        Problem.invalid("cron", "says a time that never comes", "Look at its day and its month."));
    }

    /** Changes when it fires; only who may start what it starts may do more than pause it and let it go on. */
    public Schedule update(Caller caller, String name, UpdateSchedule change) {
        caller.requireSomewhere(Permission.SCHEDULE_WRITE);
        var stored = readable(caller, name);
        caller.require(Permission.SCHEDULE_WRITE, stored.labels());
        var before = stored.schedule();
        var after = changed(before, change);
        if (!after.equals(changed(before, new UpdateSchedule(null, null, null, null, null, null, change.paused())))) {
            var kind = catalogue.named(before.kind());
            var target = before.target() == null ? null : Target.parse(before.target());
            startable(caller, kind, target, before.selector(), stored.spec());
        }
        var table = Timetable.of(stored.id(), after.cron(), after.zone(), after.jitterSeconds());
        var again = !Timing.of(before).equals(Timing.of(after));
        var next = again ? first(table) : null;
        store.inTx(tx -> {
            if (!schedules.update(tx, stored.id(), after, next, next == null ? null : table.due(next))) {
                throw Problem.of(ProblemType.BUSY, "It fires just now, or was deleted; look again in a moment.");
            }
            audit.write(tx, caller, "schedule.update", path(name), null, told(change));
        });
        hints.send("schedule");
        return schedules.get(name).schedule();
    }

    /** What decides when it fires next. */
    private record Timing(String cron, String zone, int jitterSeconds, boolean paused) {
        static Timing of(Schedule schedule) {
            return new Timing(schedule.cron(), schedule.zone(), schedule.jitterSeconds(), schedule.paused());
        }
    }

    private static Schedule changed(Schedule old, UpdateSchedule change) {
        return new Schedule(
                old.name(),
                old.kind(),
                old.spec(),
                old.target(),
                old.selector(),
                or(change.cron(), old.cron()),
                or(change.zone(), old.zone()),
                or(change.jitterSeconds(), old.jitterSeconds()),
                or(change.missedRuns(), old.missedRuns()),
                or(change.graceSeconds(), old.graceSeconds()),
                or(change.overlap(), old.overlap()),
                or(change.paused(), old.paused()),
                old.principal(),
                old.nextFireTime(),
                old.lastFireTime(),
                old.lastOperations(),
                old.lastSkipTime(),
                old.lastSkipReason(),
                old.lastProblem(),
                old.createTime(),
                old.updateTime());
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static Map<String, Object> told(UpdateSchedule change) {
        var told = new HashMap<String, Object>();
        told.put("cron", change.cron());
        told.put("zone", change.zone());
        told.put("jitterSeconds", change.jitterSeconds());
        told.put("missedRuns", change.missedRuns());
        told.put("graceSeconds", change.graceSeconds());
        told.put("overlap", change.overlap());
        told.put("paused", change.paused());
        told.values().removeIf(java.util.Objects::isNull);
        return told;
    }

    /** Forgets a schedule; what it has started goes on. */
    public void delete(Caller caller, String name) {
        caller.requireSomewhere(Permission.SCHEDULE_WRITE);
        var stored = readable(caller, name);
        caller.require(Permission.SCHEDULE_WRITE, stored.labels());
        store.inTx(tx -> {
            schedules.delete(tx, stored.id());
            audit.write(tx, caller, "schedule.delete", path(name), null, Map.of());
        });
    }

    private Stored readable(Caller caller, String name) {
        return schedules
                .find(name)
                .filter(stored -> caller.may(Permission.SCHEDULE_READ, stored.labels()))
                .orElseThrow(() -> Problem.notFound("schedule", name));
    }

    static String path(String name) {
        return "schedules/" + name;
    }

    /** The key under which a schedule starts an operation: the same firing on the same target is the same operation. */
    static String key(UUID schedule, Instant fireTime, String target) {
        return "schedule/%s/%s/%s".formatted(schedule, fireTime, target);
    }
}
