package io.pgbosun.law;

import io.pgbosun.fire.Scoreboard;
import io.pgbosun.fire.Seed;
import io.pgbosun.law.Faults.Call;
import io.pgbosun.law.Faults.How;
import io.pgbosun.law.Faults.Port;
import io.pgbosun.law.Faults.Shot;
import io.pgbosun.law.Faults.Sort;
import io.pgbosun.law.Faults.When;
import io.pgbosun.operation.Kind;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** The laws of runbooks, tried on one scenario at every call. */
final class Laws {
    private static final List<String> ABSORBED =
            List.of("facts", "archiver", "walReceiver", "running", "walAfter", "cluster of patroni", "replication");

    private static final String CRASHES = "crashes resumed";
    private static final String FAILURES = "failures undone";
    private static final String CANCELS = "cancels";
    /** How many of the calls of a second life fail in turn, after a crash in the first. */
    private static final int FIRST_CALLS = 4;

    private static final int SERIES = 12;
    private static final int LONGEST_SERIES = 4;
    /** Of so many second troubles while a failure is undone, one is tried; in whole runs each. */
    private static final int TRIED = Scoreboard.LONG ? 1 : 3;

    private final Lab lab;
    private final Scenario scenario;
    private final Tally tally;
    private final String name;
    private final Random random;
    private final Verdict verdict;

    Laws(Lab lab, Kind kind, Scenario scenario, Tally tally, Seed seed) {
        this.lab = lab;
        this.scenario = scenario;
        this.tally = tally;
        this.name = kind.name() + ", " + scenario.name();
        this.random = seed.random(name);
        var reference = trial().run();
        this.verdict = new Verdict(kind.name(), kind.declared().cancel(), lab.before(scenario), reference);
    }

    /** A scenario whose name says that it is refused or fails, does; what is refused changes nothing. */
    void endAsNamed() {
        var end = verdict.reference();
        var wrong = scenario.isRefused()
                ? verdict.notUndone(end)
                : end.succeeded() != scenario.name().contains("fails")
                        ? Optional.<String>empty()
                        : Optional.of("ended with " + end.outcome());
        tally.count(FAILURES, name, "nothing", wrong);
    }

    /** A preview changes nothing. */
    void preview() {
        var before = lab.before(scenario);
        try {
            lab.preview(scenario);
            var changes = lab.stage().faults().calls().stream()
                    .filter(call -> call.sort() == Sort.CHANGE)
                    .findFirst()
                    .map(call -> "the preview did " + call);
            tally.count(FAILURES, name, "the preview", changes.or(() -> Verdict.difference(before, lab.now())));
        } catch (Problem problem) {
            var wrong = scenario.isRefused()
                    ? Verdict.difference(before, lab.now())
                    : Optional.of("no preview: " + problem.detail());
            tally.count(FAILURES, name, "the preview", wrong);
        }
    }

    private Trial trial(Shot... shots) {
        return lab.trial(scenario, List.of(shots), Set.of());
    }

    private List<Call> calls() {
        return verdict.reference().calls();
    }

    private static List<When> moments(Call call) {
        var moments = new ArrayList<When>(List.of(When.BEFORE));
        if (call.halves()) {
            moments.add(When.HALF);
        }
        if (call.sort() != Sort.READ) {
            moments.add(When.AFTER);
        }
        return moments;
    }

    private static boolean isOutside(Call call) {
        return call.port() != Port.JOURNAL;
    }

    /** Crash and resume anywhere ends in the same world. */
    void crashAnywhere() {
        for (var call : calls()) {
            for (var when : moments(call)) {
                var shot = new Shot(How.CRASH, when, call);
                var end = trial(shot).run();
                tally.count(CRASHES, name, shot, verdict.notDone(end));
                tally.crashed(moment(call, when));
                if (when != When.BEFORE) {
                    failWhenResumed(shot, end);
                    cancelWhenResumed(shot);
                }
            }
        }
    }

    /** Where within a step a crash comes. */
    private static String moment(Call call, When when) {
        if (call.port() == Port.JOURNAL && when == When.AFTER) {
            return "after a commit";
        }
        if (call.sort() == Sort.CHANGE && when != When.BEFORE) {
            return when == When.HALF ? "within an effect" : "after an effect";
        }
        return call.sort() == Sort.CHANGE ? "before an effect" : "between";
    }

    /** A run that died and fails as soon as it is resumed is done or undone, and never forgotten. */
    private void failWhenResumed(Shot crash, Trial.End resumed) {
        firstCalls(resumed, 2).forEach(call -> {
            var failure = new Shot(How.FAIL, When.BEFORE, call);
            var trial = trial(crash, failure);
            tally.count(FAILURES, name, List.of(crash, failure), settled(trial, trial.run()));
        });
    }

    /** The first calls of a life that are the runbook's own. */
    private static List<Call> firstCalls(Trial.End end, int life) {
        return end.calls().stream()
                .filter(call ->
                        call.life() == life && isOutside(call) && !call.name().startsWith("end"))
                .limit(FIRST_CALLS)
                .toList();
    }

    private Optional<String> settled(Trial trial, Trial.End end) {
        var notDone = verdict.notDone(end);
        if (notDone.isEmpty()
                || trial.committed()
                || end.outcome().equals(verdict.reference().outcome())) {
            return notDone;
        }
        return verdict.notUndone(end);
    }

    /** A run that died, and whose cancel was asked for before it was resumed. */
    private void cancelWhenResumed(Shot crash) {
        var trial = lab.trial(scenario, List.of(crash), Set.of(2));
        var end = trial.run();
        var nothingLeft = end.calls().stream()
                .noneMatch(call -> call.life() == 2 && call.name().matches("journal: .*(DONE|FOUND) .*"));
        tally.count(
                CANCELS, name, List.of(crash, "cancelled before it was resumed"), cancelled(trial, end, nothingLeft));
    }

    private Optional<String> cancelled(Trial trial, Trial.End end, boolean mayBeDone) {
        if (trial.committed() || mayBeDone && verdict.notDone(end).isEmpty()) {
            return verdict.notDone(end);
        }
        if (!end.outcome().equals(ProblemType.CANCELLED.uri())
                && !end.outcome().equals(verdict.reference().outcome())) {
            return Optional.of("cancelled, it ended with " + end.outcome());
        }
        return end.stuck() ? Optional.of("cancelled, it was stuck") : verdict.notUndone(end);
    }

    /** Failure anywhere before the point of no return leaves the old world; after it, a retry makes the new one. */
    void failAnywhere() {
        var undoing = false;
        for (var call : calls()) {
            undoing |= call.name().equals("journal: undoing");
            if (isOutside(call) && undoing) {
                var shot = new Shot(How.FAIL, When.BEFORE, call);
                tally.count(FAILURES, name, shot, verdict.notUndone(trial(shot).run()));
            } else if (isOutside(call)) {
                moments(call).forEach(when -> fail(new Shot(How.FAIL, when, call)));
            }
        }
    }

    private void fail(Shot shot) {
        var trial = trial(shot);
        var end = trial.run();
        tally.count(FAILURES, name, shot, failed(shot, trial, end));
        if (shot.when() != When.BEFORE && !trial.committed()) {
            troubleWhileUndone(shot, trial.faults().callsAfterShot());
        }
    }

    private Optional<String> failed(Shot shot, Trial trial, Trial.End end) {
        // a standby that does not answer is done without, a primary that does not is recovered from what it archived,
        // and where nothing can be seen from is no evidence
        var asked = shot.call().name();
        var absorbed = ABSORBED.stream().anyMatch(asked::startsWith) && end.succeeded();
        if (absorbed || trial.committed()) {
            return !absorbed && !end.stuck()
                    ? Optional.of("failed past the point of no return, it was not stuck")
                    : verdict.notDone(end);
        }
        return end.stuck() ? Optional.of("failed, it was stuck") : verdict.notUndone(end);
    }

    private void troubleWhileUndone(Shot failure, List<Call> undoing) {
        var begun = undoing.stream().map(Call::name).toList().indexOf("journal: undoing");
        for (var call : undoing) {
            if (random.nextInt(TRIED) > 0) {
                continue;
            }
            for (var when : moments(call)) {
                var crash = new Shot(How.CRASH, when, call);
                var trial = trial(failure, crash);
                var end = trial.run();
                // nothing says yet that it failed
                var forgotten = undoing.indexOf(call) < begun || undoing.indexOf(call) == begun && when == When.BEFORE;
                var wrong = forgotten ? settled(trial, end) : verdict.notUndone(end);
                tally.count(CRASHES, name, List.of(failure, crash), wrong);
                if (call.name().startsWith("journal: undo") && when == When.AFTER) {
                    failWhenUndoingIsResumed(failure, crash, end);
                }
            }
            if (isOutside(call) && call.sort() == Sort.CHANGE) {
                failAndCancelWhileUndone(failure, call);
            }
        }
    }

    private void failWhenUndoingIsResumed(Shot failure, Shot crash, Trial.End resumed) {
        firstCalls(resumed, 2).forEach(call -> {
            var second = new Shot(How.FAIL, When.BEFORE, call);
            var end = trial(failure, crash, second).run();
            tally.count(FAILURES, name, List.of(failure, crash, second), verdict.notUndone(end));
        });
    }

    private void failAndCancelWhileUndone(Shot failure, Call call) {
        var second = new Shot(How.FAIL, When.BEFORE, call);
        var failed = trial(failure, second).run();
        tally.count(FAILURES, name, List.of(failure, second), verdict.notUndone(failed));
        var cancel = new Shot(How.CANCEL, When.BEFORE, call);
        var cancelled = trial(failure, cancel).run();
        tally.count(
                CANCELS,
                name,
                List.of(failure, cancel),
                cancelled.stuck() ? Optional.of("cancelled while undone, it was stuck") : verdict.notUndone(cancelled));
    }

    /** However many troubles come, in whatever lives, it ends in the old world with a problem or in the new one. */
    void troubleAfterTrouble() {
        for (var i = 0; i < SERIES; i++) {
            var shots = new ArrayList<Shot>();
            var calls = calls();
            while (shots.size() < LONGEST_SERIES && !calls.isEmpty()) {
                var call = calls.get(random.nextInt(calls.size()));
                shots.add(any(call));
                var trial = lab.trial(scenario, List.copyOf(shots), Set.of());
                var end = trial.run();
                tally.count(FAILURES, name, List.copyOf(shots), settled(trial, end));
                calls = end.calls()
                        .subList(end.calls().indexOf(call) + 1, end.calls().size());
            }
        }
    }

    private Shot any(Call call) {
        var moments = moments(call);
        var how = How.values()[random.nextInt(isOutside(call) ? 3 : 1)];
        return new Shot(how, moments.get(random.nextInt(moments.size())), call);
    }

    /** Cancelled anywhere before the point of no return, the old world is left. */
    void cancelAnywhere() {
        for (var call : calls()) {
            for (var when : moments(call)) {
                var shot = new Shot(How.CANCEL, when, call);
                var trial = trial(shot);
                var end = trial.run();
                tally.count(CANCELS, name, shot, cancelled(trial, end, tooLate(trial)));
            }
        }
    }

    /** Whether no other step was begun after the cancel. */
    private static boolean tooLate(Trial trial) {
        return trial.faults().callsAfterShot().stream()
                        .map(Call::name)
                        .filter(write -> write.startsWith("journal: "))
                        .flatMap(write -> WorldJournal.steps(write.substring("journal: ".length())))
                        .distinct()
                        .count()
                <= 1;
    }
}
