package io.pgbosun.operation;

import io.pgbosun.host.Work;
import io.pgbosun.operation.Claims.Claim;
import io.pgbosun.operation.OperationStore.Move;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
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
    private final LiveSteps steps;
    private volatile Thread thread;

    Run(Claim claim, Worker.Tools tools) {
        this.claim = claim;
        this.tools = tools;
        this.work = new Work(claim.id(), claim.epoch());
        var journal = new StoreJournal(tools.store(), tools.hints(), tools.json(), claim.id(), claim.epoch());
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
        } finally {
            MDC.remove("operation");
            MDC.remove("kind");
            MDC.remove("target");
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
        var move = Move.ofRun(state, claim.id(), claim.epoch(), reason, outcome.problem(), outcome.result());
        while (!settled(move)) {
            LockSupport.parkNanos(250_000_000);
            if (Thread.currentThread().isInterrupted()) {
                throw new Journal.LeaseLost();
            }
        }
        tools.hints().send("op:" + claim.id());
        tools.hints().send("queue");
    }

    private boolean settled(Move move) {
        try {
            var direct = tools.store().<Boolean>tx(tx -> {
                if (move.to() == OperationState.CANCELLED) {
                    // a run that is undone as cancelled was asked to, but perhaps only a moment ago
                    tools.operations()
                            .move(
                                    tx,
                                    Move.ofRun(
                                            OperationState.CANCELLING,
                                            move.id(),
                                            move.epoch(),
                                            move.reason(),
                                            null,
                                            null));
                }
                return tools.operations().move(tx, move);
            });
            if (!direct) {
                throw new Journal.LeaseLost();
            }
            return true;
        } catch (Problem problem) {
            if (problem.type() == ProblemType.UNREACHABLE) {
                return false;
            }
            throw problem;
        }
    }
}
