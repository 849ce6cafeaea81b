package io.pgbosun.operation;

import io.pgbosun.host.Progress;
import io.pgbosun.operation.Plan.Effect;
import io.pgbosun.operation.Plan.PlannedStep;
import io.pgbosun.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Runs a runbook without doing anything: it reads facts, and lists the steps. */
final class PlanSteps implements Steps {
    private static final UUID NO_OPERATION = new UUID(0, 0);

    private final List<PlannedStep> steps = new ArrayList<>();
    private boolean committed;

    List<PlannedStep> steps() {
        return List.copyOf(steps);
    }

    @Override
    public UUID operation() {
        return NO_OPERATION;
    }

    @Override
    public <T> T get(String name, Class<T> type, Supplier<T> read) {
        steps.add(new PlannedStep(name, Effect.READ, false, false));
        return read.get();
    }

    @Override
    public <T> T get(String name, Class<T> type, T planned, Supplier<T> read) {
        var answer = new AtomicReference<>(planned);
        looked(() -> {
            answer.set(read.get());
            return true;
        });
        steps.add(new PlannedStep(name, Effect.READ, false, false));
        return answer.get();
    }

    @Override
    public void ensure(String name, BooleanSupplier is, Runnable make, Runnable unmake) {
        change(name, looked(is), true);
    }

    @Override
    public void ensure(String name, BooleanSupplier is, Runnable make) {
        change(name, looked(is), false);
    }

    @Override
    public <T> T obtain(
            String name, Class<T> type, T planned, Supplier<Optional<T>> look, Runnable make, Runnable unmake) {
        var there = new AtomicReference<Optional<T>>(Optional.empty());
        change(
                name,
                looked(() -> {
                    there.set(look.get());
                    return there.get().isPresent();
                }),
                true);
        return there.get().orElse(planned);
    }

    /** Whether an earlier step will have changed something: then what is seen now says little. */
    private boolean pending() {
        return steps.stream().anyMatch(step -> step.effect() == Effect.CHANGE && !step.alreadySo());
    }

    /** What earlier steps would have made cannot be asked yet: then it is not so. */
    private boolean looked(BooleanSupplier is) {
        try {
            return is.getAsBoolean();
        } catch (Problem problem) {
            if (pending()) {
                return false;
            }
            throw problem;
        }
    }

    @Override
    public void act(String name, Runnable act) {
        change(name, false, false);
    }

    @Override
    public <T> T act(String name, Class<T> type, T planned, Supplier<T> act) {
        change(name, false, false);
        return planned;
    }

    @Override
    public void act(String name, Runnable act, Runnable unmake) {
        change(name, false, true);
    }

    private void change(String name, boolean alreadySo, boolean undone) {
        steps.add(new PlannedStep(name, Effect.CHANGE, alreadySo && !pending(), undone && !committed));
    }

    @Override
    public void await(String name, Duration atMost, BooleanSupplier condition) {
        steps.add(new PlannedStep(name, Effect.WAIT, false, false));
    }

    @Override
    public void pointOfNoReturn() {
        committed = true;
        steps.add(new PlannedStep("point of no return", Effect.POINT_OF_NO_RETURN, false, false));
    }

    @Override
    public void pointOfNoReturn(String name, BooleanSupplier is, Runnable make, BooleanSupplier settle) {
        change(name, looked(is), false);
        pointOfNoReturn();
    }

    @Override
    public void progress(Progress progress) {}

    @Override
    public void warn(String message) {}
}
