package io.pgbosun.operation;

import io.pgbosun.host.Work;
import io.pgbosun.operation.Claims.Claim;
import io.pgbosun.operation.OperationStore.Move;
import io.pgbosun.operation.OperationStore.Moved;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Queries;
import io.pgbosun.store.Store;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** One run of one operation in this service, from claim to outcome. */
final class Run implements Runnable {
    private static final Logger LOG = Logger.getLogger(Run.class);
    private static final Problem CANCELLED = Problem.of(ProblemType.CANCELLED, "It was cancelled on request.");

    private final Claim claim;
    private final Worker.Tools tools;
    private final Work work;
    private final StoreJournal journal;
    private final LiveSteps steps;
    private volatile Thread thread;

    Run(Claim claim, Worker.Tools tools) {
        this.claim = claim;
        this.tools = tools;
        this.work = new Work(claim.id(), claim.epoch());
        this.journal = new StoreJournal(tools, claim);
        this.steps = new LiveSteps(
                claim.id(),
                journal,
                tools.json(),
                work,
                (state, nanos) -> tools.telemetry().stepEnded(claim.kind().name(), state, nanos));
    }

    Claim claim() {
        return claim;
    }

    void cancel() {
        steps.stop(CANCELLED);
    }

    void timeOut() {
        steps.stop(Problem.of(
                ProblemType.TOO_SLOW,
                "It ran longer than the %d minutes that its kind may take."
                        .formatted(claim.kind().declared().timeoutMinutes())));
    }

    /** Leaves it to another service, or to this one when it is up again. */
    void abandon() {
        steps.abandon();
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        MDC.put("operation", claim.id().toString());
        MDC.put("kind", claim.kind().name());
        MDC.put("target", claim.target().toString());
        try {
            work.run(this::runToOutcome);
        } catch (Journal.LeaseLost e) {
            LOG.infof("operation %s epoch %d is left to another run", claim.id(), claim.epoch());
            leave();
        } catch (Problem problem) {
            if (!Store.isAway(problem)) {
                throw problem;
            }
            LOG.infof("operation %s epoch %d is left to another run: %s", claim.id(), claim.epoch(), problem.detail());
            leave();
        } finally {
            MDC.remove("operation");
            MDC.remove("kind");
            MDC.remove("target");
        }
    }

    /** Whoever wants it need not wait for the lease to run out. */
    private void leave() {
        try {
            if (tools.operations().leave(tools.store(), claim.id(), claim.epoch())) {
                tools.hints().send("queue:" + claim.id());
            }
        } catch (Problem problem) {
            LOG.debugf("the lease runs out by itself: %s", problem.detail());
        }
    }

    private void runToOutcome() {
        var began = System.nanoTime();
        if (claim.resumed()) {
            tools.targets().endLeftovers(claim.target(), claim.id(), claim.epoch());
        }
        if (claim.cancelled()) {
            cancel(); // only now: what is cancelled opens no session, and the leftovers would be left
        }
        var outcome = steps.run(steps -> {
            if (!this.steps.begun()) {
                checkAgain();
            }
            return claim.kind().handler().run(claim.target(), claim.spec(), steps);
        });
        var state = state(outcome);
        settle(state, outcome);
        tools.telemetry().ended(claim.kind().name(), state, System.nanoTime() - began);
        LOG.infof(
                "%s of %s: %s%s",
                claim.kind().name(),
                claim.target(),
                state,
                outcome.succeeded() ? "" : ", " + outcome.problem().detail());
    }

    private void checkAgain() {
        var checks = tools.planner().check(claim.kind(), claim.target(), claim.spec());
        Planner.refuseBlocked(checks);
        if (claim.planDigest() != null) {
            var digest = tools.planner().digest(claim.kind(), claim.target(), claim.spec(), checks);
            Planner.refuseDrifted(claim.planDigest(), digest);
        }
    }

    private static OperationState state(LiveSteps.Outcome outcome) {
        if (outcome.succeeded()) {
            return OperationState.SUCCEEDED;
        }
        if (outcome.stuck()) {
            return OperationState.STUCK;
        }
        var cancelled = outcome.problem().type().equals(ProblemType.CANCELLED.uri());
        return cancelled ? OperationState.CANCELLED : OperationState.FAILED;
    }

    /** Writes the outcome, however long the control database takes to answer, unless another run has taken over. */
    private void settle(OperationState state, LiveSteps.Outcome outcome) {
        var reason = outcome.succeeded() ? "" : outcome.problem().detail();
        var move = Move.ofRun(state, claim.id(), claim.epoch(), reason, outcome, journal.last());
        while (!settled(move)) {
            LockSupport.parkNanos(250_000_000);
            if (Thread.currentThread().isInterrupted()) {
                throw new Journal.LeaseLost();
            }
        }
        tools.hints().send("op:" + claim.id());
    }

    private boolean settled(Move move) {
        try {
            var moved = move.to() == OperationState.CANCELLED
                    ? tools.store().tx(tx -> cancelled(tx, move))
                    : tools.writes().end(move);
            if (!moved.ids().contains(move.id()) && !tools.operations().isMoved(tools.store(), move)) {
                throw new Journal.LeaseLost();
            }
            moved.freed().forEach(id -> tools.hints().send("queue:" + id));
            return true;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.UNREACHABLE) {
                return false;
            }
            throw problem;
        }
    }

    /** A run that is undone as cancelled was asked to, but perhaps only a moment ago. */
    private Moved cancelled(Queries tx, Move move) {
        var first = Move.ofRun(OperationState.CANCELLING, move.id(), move.epoch(), move.reason());
        tools.operations().move(tx, first);
        return tools.operations().move(tx, List.of(move));
    }
}
