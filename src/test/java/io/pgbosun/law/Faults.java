package io.pgbosun.law;

import io.pgbosun.host.Work;
import io.pgbosun.operation.LiveSteps;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Counts what a run says to the outside and to its journal, and lets the service die, fail or be cancelled there. */
final class Faults {
    static final Problem CANCELLED = Problem.of(ProblemType.CANCELLED, "cancelled by the law");

    /** What a call does. */
    enum Sort {
        /** Looks. */
        READ,
        /** Acts. */
        CHANGE,
        /** Writes to the run's journal, which waits for its database rather than fail. */
        JOURNAL
    }

    /** Who is asked. */
    enum Port {
        SQL(ProblemType.UNREACHABLE, true),
        PROGRAM(ProblemType.PROGRAM_FAILED, true),
        FILES(ProblemType.DISK_FULL, false),
        STORE(ProblemType.UNREACHABLE, false),
        JOURNAL(null, false);

        final ProblemType failure;
        /** Whether it is ended with the run. */
        final boolean obeysWork;

        Port(ProblemType failure, boolean obeysWork) {
            this.failure = failure;
            this.obeysWork = obeysWork;
        }
    }

    /**
     * One call.
     *
     * @param life in which it was made, from 1
     * @param occurrence counts the calls of this name in this life, for the order of concurrent ones is not the same
     *     each time
     * @param halves whether it can be done by half
     */
    record Call(int life, Sort sort, Port port, String name, int occurrence, boolean halves) {
        @Override
        public String toString() {
            return "'%s' (%d) in life %d".formatted(name, occurrence, life);
        }
    }

    enum How {
        CRASH,
        FAIL,
        CANCEL
    }

    enum When {
        BEFORE,
        HALF,
        AFTER
    }

    /** A thing that is to happen at a call. */
    record Shot(How how, When when, Call call) {
        @Override
        public String toString() {
            return "%s %s %s".formatted(how, when, call);
        }

        private boolean hits(int life, String name, int occurrence) {
            return call.life() == life && call.name().equals(name) && call.occurrence() == occurrence;
        }
    }

    /** The service has died: nothing that it still tries has any effect. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the service died", null, false, false);
        }
    }

    private final List<Shot> shots;
    private final List<Call> calls = new ArrayList<>();
    private final Map<String, Integer> occurrences = new HashMap<>();
    private int life;
    private int firedAt = -1;
    private boolean dead;
    private volatile boolean dying;
    private LiveSteps steps;
    private Thread runner;

    Faults(List<Shot> shots) {
        this.shots = shots;
    }

    /** A new service begins. */
    synchronized void begin(LiveSteps steps) {
        this.steps = steps;
        life++;
        dead = false;
        dying = false;
        occurrences.clear();
        runner = Thread.currentThread();
    }

    synchronized void end() {
        runner = null;
    }

    /** Whether this thread is the run's: others use the control database as well. */
    synchronized boolean isRunner() {
        return runner == Thread.currentThread();
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The calls after the first shot that hit. */
    synchronized List<Call> callsAfterShot() {
        return firedAt < 0 ? List.of() : List.copyOf(calls.subList(firedAt + 1, calls.size()));
    }

    List<Shot> shots() {
        return shots;
    }

    /** Whether a shot has hit: of calls that are made at once, a later one may come first and prevent the others. */
    synchronized boolean hit() {
        return shots.isEmpty() || firedAt >= 0;
    }

    /** Whether what is now done by half is done so because the service dies in it. */
    boolean dying() {
        return dying;
    }

    synchronized int life() {
        return life;
    }

    <T> T read(Port port, String name, Supplier<T> read) {
        return call(Sort.READ, port, name, null, read);
    }

    void change(Port port, String name, Runnable half, Runnable effect) {
        call(Sort.CHANGE, port, name, half, () -> {
            effect.run();
            return null;
        });
    }

    <T> T call(Sort sort, Port port, String name, Runnable half, Supplier<T> effect) {
        var shot = arrive(sort, port, name, half != null);
        if (shot == null) {
            refuseEnded(port);
            return effect.get();
        }
        if (shot.how() == How.CANCEL) {
            return cancel(shot, port, half, effect);
        }
        dying = shot.how() == How.CRASH;
        if (shot.when() == When.AFTER) {
            var _ = effect.get();
        } else if (shot.when() == When.HALF) {
            half.run();
        }
        if (shot.how() == How.CRASH) {
            die();
            throw new Crash();
        }
        throw Problem.of(port.failure, "the law let '" + name + "' fail");
    }

    private <T> T cancel(Shot shot, Port port, Runnable half, Supplier<T> effect) {
        var answer = shot.when() == When.AFTER ? effect.get() : null;
        steps.stop(CANCELLED);
        var ended = Work.current().filter(Work::ended).isPresent() && port.obeysWork;
        if (!ended) {
            return shot.when() == When.AFTER ? answer : effect.get();
        }
        if (shot.when() == When.HALF) {
            half.run();
        }
        throw CANCELLED;
    }

    /** As the adapters do: what a run that was ended still begins is refused. */
    private static void refuseEnded(Port port) {
        if (port.obeysWork && Work.current().filter(Work::ended).isPresent()) {
            throw CANCELLED;
        }
    }

    private synchronized void die() {
        dead = true;
    }

    private synchronized Shot arrive(Sort sort, Port port, String said, boolean halves) {
        if (dead) {
            throw new Crash();
        }
        var name = Normal.of(said);
        var occurrence = occurrences.merge(name, 1, Integer::sum);
        calls.add(new Call(life, sort, port, name, occurrence, halves));
        for (var shot : shots) {
            if (shot.hits(life, name, occurrence)) {
                firedAt = firedAt < 0 ? calls.size() - 1 : firedAt;
                return shot;
            }
        }
        return null;
    }
}
