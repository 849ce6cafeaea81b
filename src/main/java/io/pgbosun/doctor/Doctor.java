package io.pgbosun.doctor;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Store.StoreFailure;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Looks whether an installation keeps its promises; reads only. */
@Singleton
public final class Doctor {
    /** How far back history is looked at when nobody says. */
    public static final Duration WINDOW = Duration.ofDays(7);

    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration TURN = Duration.ofSeconds(60);

    private final List<Invariant> invariants;
    private final Clock clock;
    private final Semaphore one = new Semaphore(1);

    Doctor(@All List<Invariant> invariants, Clock clock) {
        this.invariants =
                invariants.stream().sorted(Comparator.comparing(Invariant::id)).toList();
        this.clock = clock;
    }

    /**
     * Examines every invariant; one diagnosis at a time, because it reads a lot.
     *
     * @param since from when on history is looked at, or null for the last seven days
     */
    public Diagnosis diagnose(Caller caller, Instant since) {
        caller.require(Permission.DIAGNOSIS_READ);
        var now = clock.instant();
        var scope = new Scope(since == null ? now.minus(WINDOW) : since);
        try {
            if (!one.tryAcquire(TURN.toSeconds(), TimeUnit.SECONDS)) {
                throw Problem.of(
                        ProblemType.UNREACHABLE, "Another diagnosis is being made; ask again when it is done.");
            }
            try {
                var checks = invariants.stream()
                        .map(invariant -> check(invariant, scope))
                        .toList();
                var healthy = checks.stream().noneMatch(check -> check.verdict() == InvariantVerdict.FAIL);
                return new Diagnosis(now, scope.since(), healthy, checks);
            } finally {
                one.release();
            }
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        }
    }

    /** What is found is looked at once more after a moment: the installation works on meanwhile. */
    private static InvariantCheck check(Invariant invariant, Scope scope) {
        var first = examine(invariant, scope);
        if (!first.clean()) {
            pause();
            first.keep(examine(invariant, scope));
        }
        return first.result(invariant);
    }

    private static Examination examine(Invariant invariant, Scope scope) {
        var examination = new Examination();
        try {
            invariant.examine(scope, examination);
        } catch (StoreFailure e) {
            unexamined(invariant, e.getMessage(), examination);
        } catch (Problem problem) {
            if (problem.type() == ProblemType.UNREACHABLE) {
                throw problem; // the control database itself: a managed server that does not answer is no finding
            }
            unexamined(invariant, problem.detail(), examination);
        }
        return examination;
    }

    private static void unexamined(Invariant invariant, String why, Examination examination) {
        examination.warn(
                "invariant " + invariant.id(),
                "It could not be examined whole: " + why,
                "Mend what it names, or ask for a shorter time: ./pgbosun doctor --since TIME.");
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
