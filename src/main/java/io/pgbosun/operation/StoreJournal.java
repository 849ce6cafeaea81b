package io.pgbosun.operation;

import io.pgbosun.host.Progress;
import io.pgbosun.operation.GroupWrites.StepsWrite;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Json;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The journal of a run in the control database. While the control database does not answer, the run waits here rather
 * than fail: what it did is done, and must be written down before anything else is.
 */
final class StoreJournal implements Journal {
    private static final long PAUSE_NANOS = Duration.ofMillis(250).toNanos();
    private static final long PROGRESS_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String MINE =
            "update operation set updated_at = now(), last_event = last_event + 1 %s where id = $1 and lease_epoch = $2"
                    + " and state in ('RUNNING', 'CANCELLING') returning *";
    private static final String FACT = "select 1 as written from operation where id = $1 and lease_epoch = $2 and ";
    private static final String UNDONE = "select 1 as written from operation_step where operation = $1 and epoch = $2"
            + " and name = $3 and state = 'UNDONE'";
    private static final String STEP_EVENT = """
            insert into operation_event (operation, number, type, data)
            select op.id, op.last_event, 'STEP', jsonb_build_object('step', $3::text, 'state', $4::text) from op
            """;

    private final Store store;
    private final GroupWrites writes;
    private final Hints hints;
    private final Json json;
    private final UUID operation;
    private final long epoch;
    private final boolean resumed;
    private boolean undoing;
    private Entry last;
    private long progressAt = System.nanoTime() - PROGRESS_NANOS;

    StoreJournal(Worker.Tools tools, Claims.Claim claim) {
        this.store = tools.store();
        this.writes = tools.writes();
        this.hints = tools.hints();
        this.json = tools.json();
        this.operation = claim.id();
        this.epoch = claim.epoch();
        this.resumed = claim.resumed();
    }

    @Override
    public Map<String, Entry> entries() {
        if (!resumed) {
            return Map.of();
        }
        return persistently(() -> {
            var entries = new HashMap<String, Entry>();
            store.query(
                            "select name, state, answer::text as answer from operation_step where operation = $1",
                            operation)
                    .forEach(row -> entries.put(row.text("name"), entry(row)));
            return entries;
        });
    }

    @Override
    public Optional<ProblemBody> undoing() {
        if (!resumed && !undoing) {
            return Optional.empty();
        }
        return persistently(() -> store.one("select undoing::text as undoing from operation where id = $1", operation)
                .map(row -> json.load(row.text("undoing"), ProblemBody.class)));
    }

    @Override
    public boolean isCommitted() {
        return resumed
                && persistently(() -> store.one("select committed from operation where id = $1", operation)
                        .map(row -> row.bool("committed"))
                        .orElseThrow(LeaseLost::new));
    }

    private static Entry entry(Row row) {
        return new Entry(row.text("name"), row.constant(State.class, "state"), row.text("answer"));
    }

    @Override
    public void write(List<Entry> steps) {
        var tries = new AtomicInteger();
        write(() -> writes.steps(new StepsWrite(operation, epoch, steps, tries.getAndIncrement() > 0)));
    }

    @Override
    public void writeLast(Entry step) {
        last = step;
    }

    /** What is still to be written with the outcome of the run, or null. */
    Entry last() {
        return last;
    }

    @Override
    public void undone(String step) {
        write(
                () -> written(UNDONE, step),
                () -> changed("""
                with op as (%s), event as (%s)
                update operation_step s set state = $4, epoch = $2, ended_at = now() from op
                where s.operation = op.id and s.name = $3
                """.formatted(MINE.formatted(""), STEP_EVENT), step, State.UNDONE));
    }

    @Override
    public void undoing(ProblemBody why) {
        undoing = true;
        write(
                () -> written(FACT + "undoing is not null"),
                () -> changed(
                        """
                with op as (%s)
                insert into operation_event (operation, number, type, data)
                select op.id, op.last_event, 'WARNING', jsonb_build_object('message', 'taking back what was done: ' || $4) from op
                """.formatted(MINE.formatted(", undoing = $3::text::jsonb")), json.show(why), why.detail()));
    }

    @Override
    public void committed() {
        write(() -> written(FACT + "committed"), () -> changed("""
                with op as (%s)
                insert into operation_event (operation, number, type, data)
                select op.id, op.last_event, 'STEP', jsonb_build_object('step', 'point of no return', 'state', 'DONE') from op
                """.formatted(MINE.formatted(", committed = true"))));
    }

    @Override
    public void warn(String message) {
        write(
                () -> written(FACT + "warnings->>-1 = $3", message),
                () -> changed(
                        """
                with op as (%s)
                insert into operation_event (operation, number, type, data)
                select op.id, op.last_event, 'WARNING', jsonb_build_object('message', $3::text) from op
                """.formatted(MINE.formatted(", warnings = warnings || jsonb_build_array($3::text)")),
                        message));
    }

    /** At most once a second; progress that cannot be written now is dropped, for there will be newer. */
    @Override
    public void progress(String step, Progress progress) {
        if (System.nanoTime() - progressAt < PROGRESS_NANOS) {
            return;
        }
        progressAt = System.nanoTime();
        try {
            changed("""
                    with op as (%s)
                    insert into operation_event (operation, number, type, data)
                    select op.id, op.last_event, 'PROGRESS', op.progress from op
                    """.formatted(MINE.formatted(", progress = $3::text::jsonb")), json.show(shown(step, progress)));
            hints.send("op:" + operation);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE) {
                throw problem;
            }
        }
    }

    private static Operation.OperationProgress shown(String step, Progress progress) {
        var measured = progress.done() >= 0 && progress.total() > 0;
        return new Operation.OperationProgress(
                step,
                progress.phase(),
                progress.done() < 0 ? null : progress.done(),
                progress.total() < 0 ? null : progress.total(),
                progress.unit(),
                measured ? (int) Math.min(100, progress.done() * 100 / progress.total()) : null,
                progress.source(),
                Instant.now());
    }

    private boolean changed(String sql, Object... parameters) {
        return store.update(sql, mine(parameters)) > 0;
    }

    private boolean written(String sql, Object... parameters) {
        return store.one(sql, mine(parameters)).isPresent();
    }

    private Object[] mine(Object... parameters) {
        var all = new Object[parameters.length + 2];
        all[0] = operation;
        all[1] = epoch;
        System.arraycopy(parameters, 0, all, 2, parameters.length);
        return all;
    }

    /** A write that was not answered may have been done all the same: it is not done, and told of, a second time. */
    private void write(BooleanSupplier written, BooleanSupplier write) {
        var tries = new AtomicInteger();
        write(() -> tries.getAndIncrement() > 0 && written.getAsBoolean() || write.getAsBoolean());
    }

    private void write(BooleanSupplier write) {
        if (!persistently(write::getAsBoolean)) {
            throw new LeaseLost();
        }
        hints.send("op:" + operation);
    }

    private <T> T persistently(Supplier<T> use) {
        while (true) {
            try {
                return use.get();
            } catch (Problem problem) {
                if (problem.type() != ProblemType.UNREACHABLE) {
                    throw problem;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
                if (Thread.currentThread().isInterrupted()) {
                    throw new LeaseLost();
                }
            }
        }
    }
}
