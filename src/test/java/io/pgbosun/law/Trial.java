package io.pgbosun.law;

import io.pgbosun.law.Faults.Call;
import io.pgbosun.law.Faults.Shot;
import io.pgbosun.operation.LiveSteps;
import io.pgbosun.operation.Lives.Order;
import io.pgbosun.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One operation over one world with some faults, from its first life to its end. */
final class Trial {
    private static final int MOST_LIVES = 8;

    private final Lab lab;
    private final Order order;
    private final Faults faults;
    private final WorldJournal journal;
    private final World world;
    private final Set<Integer> cancelledLives;

    /**
     * How it ended.
     *
     * @param outcome as a caller sees it
     * @param stuck whether it was stuck before it ended
     * @param world in lines
     * @param calls all that were made
     */
    record End(String outcome, boolean succeeded, boolean stuck, List<String> world, List<Call> calls) {}

    Trial(Lab lab, Lab.Start start, Order order, List<Shot> shots, Set<Integer> cancelledLives) {
        this.lab = lab;
        this.order = order;
        this.faults = new Faults(shots);
        this.journal = new WorldJournal(faults);
        this.world = start.world().copy();
        this.cancelledLives = cancelledLives;
        lab.stage().set(world, faults);
        lab.rows().put(start.rows());
    }

    Faults faults() {
        return faults;
    }

    boolean committed() {
        return journal.isCommitted();
    }

    /** Resumes it whenever it died or is stuck, as the worker does, until it has ended. */
    End run() {
        var stuck = false;
        for (var epoch = 1; epoch <= MOST_LIVES; epoch++) {
            var outcome = live(epoch);
            if (outcome != null && !outcome.stuck()) {
                return end(lab.lives().show(outcome), outcome.succeeded(), stuck);
            }
            stuck |= outcome != null;
        }
        return end("no end in " + MOST_LIVES + " lives", false, stuck);
    }

    /** Null when the service died, or had to leave the run to another. */
    private LiveSteps.Outcome live(int epoch) {
        var cancel = cancelledLives.contains(epoch) ? Faults.CANCELLED : null;
        try {
            return lab.lives().live(order, epoch, journal, faults::begin, cancel);
        } catch (Faults.Crash | Problem left) {
            return null;
        } finally {
            faults.end();
        }
    }

    private End end(String outcome, boolean succeeded, boolean stuck) {
        var lines = new ArrayList<>(world.lines());
        lines.addAll(lab.rows().lines(lab.rows().take()));
        if (!faults.hit()) {
            throw new AssertionError("the law missed its mark: no call " + faults.shots());
        }
        var shown = Normal.of(List.of(outcome), lab.home()).getFirst();
        return new End(shown, succeeded, stuck, Normal.of(lines, lab.home()), faults.calls());
    }
}
