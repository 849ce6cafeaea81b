package io.pgbosun.operation;

import io.pgbosun.host.Progress;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemBody;
import io.pgbosun.store.Json;
import io.pgbosun.store.Store;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

/** Runs a runbook for real: journals each step, replays what is journalled, and undoes what must be undone. */
public final class LiveSteps implements Steps {
    private final UUID operation;
    private final Journal journal;
    private final Json json;
    private final ObjLongConsumer<Journal.State> timer;
    private final Work work;
    private final Map<String, Journal.Entry> entries;
    private final Set<String> names = new HashSet<>();
    private final Deque<Undo> undos = new ArrayDeque<>();
    private volatile Problem stop;
    private volatile boolean committed;
    private volatile boolean abandoned;
    private volatile boolean undoing;
    private String current = "";
    private long begunAt;
    private Journal.Entry unwritten;
    private Turn turn;

    private record Undo(String name, Runnable unmake) {}

    /** The step with which the point of no return comes. */
    private record Turn(String name, BooleanSupplier settle) {}

    /** Reached the end of what was done before the undoing began. */
    private static final class EndOfJournal extends RuntimeException {
        private static final long serialVersionUID = 1;

        EndOfJournal() {
            super(null, null, false, false);
        }
    }

    /**
     * How a run ended.
     *
     * @param result of a run that succeeded
     * @param problem of one that did not
     * @param stuck true when it is not known or not undone
     */
    public record Outcome(Record result, ProblemBody problem, boolean stuck) {
        public boolean succeeded() {
            return problem == null;
        }
    }

    /** With a timer that hears how many nanoseconds each step took. */
    LiveSteps(UUID operation, Journal journal, Json json, Work work, ObjLongConsumer<Journal.State> timer) {
        this.timer = timer;
        this.operation = operation;
        this.journal = journal;
        this.json = json;
        this.work = work;
        this.entries = new HashMap<>(journal.entries());
        this.undoing = journal.undoing().isPresent();
        this.committed = journal.isCommitted();
    }

    /** Runs a runbook to an end; throws only when the run must be left to another one. */
    public Outcome run(Function<Steps, Record> body) {
        try {
            var result = body.apply(this);
            flush(journal::writeLast);
            return new Outcome(result, null, false);
        } catch (EndOfJournal e) {
            return unwind(journal.undoing().orElseThrow(), false);
        } catch (Journal.LeaseLost e) {
            throw e;
        } catch (Problem problem) {
            return failed(problem);
        } catch (RuntimeException e) {
            return failed(bug(e));
        }
    }

    private Problem bug(RuntimeException e) {
        return StepProblem.bug(operation, current, e);
    }

    private Outcome failed(Problem problem) {
        leaveWhenAway(problem);
        var why = ProblemBody.of(stop != null && !committed ? stop : problem);
        try {
            if (committed || !undoing && (hasTurned() || leavesUnseen(Journal.State.INTENT))) {
                return new Outcome(null, why, true);
            }
        } catch (Problem unknown) {
            leaveWhenAway(unknown);
            return leftToAnother(new Outcome(null, StepProblem.unknown(turn.name(), why, unknown), true));
        }
        beginUndoing(why);
        return unwind(journal.undoing().orElse(why), leavesUnseen(Journal.State.INTENT, Journal.State.DONE));
    }

    /** Whether the step that cannot be taken back, once it was begun, is done whatever was said of it. */
    private boolean hasTurned() {
        if (turn != null && entries.containsKey(turn.name())) {
            work.reopen();
            if (turn.settle().getAsBoolean()) {
                commit();
            }
        }
        return committed;
    }

    /** That our control database was away says nothing of what is done: the run dies here, and is taken up again. */
    private void leaveWhenAway(Problem problem) {
        if (abandoned || Store.isAway(problem)) {
            throw new Journal.LeaseLost();
        }
    }

    private synchronized void beginUndoing(ProblemBody why) {
        flush();
        if (!undoing) {
            undoing = true;
            journal.undoing(why);
        }
    }

    private Outcome unwind(ProblemBody why, boolean leavesUnseen) {
        work.reopen();
        for (var undo : undos) {
            var entry = entries.get(undo.name());
            if (entry == null || !entry.mustBeUndone()) {
                continue;
            }
            try {
                undo.unmake().run();
            } catch (Problem problem) {
                leaveWhenAway(problem);
                return leftToAnother(new Outcome(null, StepProblem.notUndone(undo.name(), why, problem), true));
            } catch (RuntimeException e) {
                return leftToAnother(new Outcome(null, StepProblem.notUndone(undo.name(), why, bug(e)), true));
            }
            journal.undone(undo.name());
            entries.put(undo.name(), new Journal.Entry(undo.name(), Journal.State.UNDONE, null));
        }
        return leftToAnother(new Outcome(null, why, leavesUnseen));
    }

    /**
     * True when a step of an earlier run came so far, and this run did not come to it: nobody here knows how to take it back,
     * or whether it can be, and a later run that comes to it will.
     */
    private boolean leavesUnseen(Journal.State... states) {
        return entries.values().stream()
                .anyMatch(entry -> List.of(states).contains(entry.state()) && !names.contains(entry.step()));
    }

    private Outcome leftToAnother(Outcome outcome) {
        if (abandoned) {
            throw new Journal.LeaseLost();
        }
        return outcome;
    }

    /** Whether an earlier run has written anything down. */
    public boolean begun() {
        return !entries.isEmpty() || undoing || committed;
    }

    /** Asks the run to stop at once and undo, if it can still be undone. */
    public synchronized void stop(Problem why) {
        if (!committed && !undoing && stop == null) {
            stop = why;
            work.end();
        }
    }

    /** Leaves the run to another service: nothing more is written or undone here. */
    public void abandon() {
        abandoned = true;
        work.leave();
    }

    @Override
    public UUID operation() {
        return operation;
    }

    @Override
    public <T> T get(String name, Class<T> type, Supplier<T> read) {
        if (!replayed(name)) {
            settle();
            var answer = read.get();
            ended(name, Journal.State.FOUND, json.store(answer));
            return answer;
        }
        return json.load(entries.get(name).answer(), type);
    }

    @Override
    public <T> T get(String name, Class<T> type, T planned, Supplier<T> read) {
        return get(name, type, read);
    }

    @Override
    public void ensure(String name, BooleanSupplier is, Runnable make, Runnable unmake) {
        undos.push(new Undo(name, unmake));
        ensure(name, is, make);
    }

    @Override
    public void ensure(String name, BooleanSupplier is, Runnable make) {
        if (replayed(name)) {
            return;
        }
        settle();
        if (!is.getAsBoolean()) {
            intent(name);
            make.run();
            if (!is.getAsBoolean()) {
                throw StepProblem.didNotTake(name);
            }
        }
        made(name, null);
    }

    @Override
    public <T> T obtain(
            String name, Class<T> type, T planned, Supplier<Optional<T>> look, Runnable make, Runnable unmake) {
        undos.push(new Undo(name, unmake));
        if (replayed(name)) {
            return json.load(entries.get(name).answer(), type);
        }
        settle();
        var there = look.get();
        if (there.isEmpty()) {
            intent(name);
            make.run();
            there = look.get();
        }
        var thing = there.orElseThrow(() -> StepProblem.didNotTake(name));
        made(name, json.store(thing));
        return thing;
    }

    @Override
    public void act(String name, Runnable act) {
        if (!replayed(name)) {
            intent(name);
            act.run();
            made(name, null);
        }
    }

    @Override
    public <T> T act(String name, Class<T> type, T planned, Supplier<T> act) {
        if (replayed(name)) {
            return json.load(entries.get(name).answer(), type);
        }
        intent(name);
        var answer = act.get();
        made(name, json.store(answer));
        return answer;
    }

    @Override
    public void act(String name, Runnable act, Runnable unmake) {
        undos.push(new Undo(name, unmake));
        act(name, act);
    }

    @Override
    public void await(String name, Duration atMost, BooleanSupplier condition) {
        if (replayed(name)) {
            return;
        }
        settle();
        Wait.until(name, atMost, condition, this::stopIfAsked);
        ended(name, Journal.State.FOUND, null);
    }

    @Override
    public void pointOfNoReturn() {
        stopIfAsked();
        flush();
        commit();
    }

    @Override
    public void pointOfNoReturn(String name, BooleanSupplier is, Runnable make, BooleanSupplier settle) {
        turn = new Turn(name, settle);
        ensure(name, is, make);
        commit(); // before its end is written, and a stop comes too late
    }

    private synchronized void commit() {
        if (!undoing && !committed) {
            journal.committed();
            committed = true;
        }
    }

    @Override
    public void progress(Progress progress) {
        journal.progress(current, progress);
    }

    @Override
    public void warn(String message) {
        flush();
        journal.warn(message);
    }

    /** True when the step is done; throws when it is not and must not be begun any more. */
    private boolean replayed(String name) {
        if (!names.add(name)) {
            throw new IllegalStateException("two steps are called '" + name + "'");
        }
        var entry = entries.get(name);
        if (entry != null && entry.isDone()) {
            return true;
        }
        if (undoing) {
            throw new EndOfJournal();
        }
        stopIfAsked();
        current = name;
        work.comesTo(name);
        begunAt = System.nanoTime();
        return false;
    }

    private void stopIfAsked() {
        if (abandoned) {
            throw new Journal.LeaseLost();
        }
        if (stop != null && !committed) {
            throw stop;
        }
    }

    /** Written together with the end of the step before it. */
    private void intent(String name) {
        if (!entries.containsKey(name)) {
            var intent = new Journal.Entry(name, Journal.State.INTENT, null);
            journal.write(unwritten == null ? List.of(intent) : List.of(unwritten, intent));
            unwritten = null;
            entries.put(name, intent);
        } else {
            flush();
        }
    }

    /** The step is done, by this operation when it had an intent, else it was so before. */
    private void made(String name, String answer) {
        ended(name, entries.containsKey(name) ? Journal.State.DONE : Journal.State.FOUND, answer);
    }

    /** The end of a step is written before anything else is read, awaited or begun. */
    private void ended(String name, Journal.State state, String answer) {
        unwritten = new Journal.Entry(name, state, answer);
        entries.put(name, unwritten);
        timer.accept(state, System.nanoTime() - begunAt);
    }

    /** Before a step reads, looks or waits. */
    private void settle() {
        flush();
        stopIfAsked();
    }

    private void flush() {
        flush(last -> journal.write(List.of(last)));
    }

    private void flush(Consumer<Journal.Entry> write) {
        if (unwritten != null) {
            write.accept(unwritten);
            unwritten = null;
        }
    }
}
