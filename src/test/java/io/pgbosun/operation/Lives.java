package io.pgbosun.operation;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Json;
import jakarta.inject.Singleton;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Runs an operation's runbook for one life of a service, as {@link Run} does, over a journal that a test brings. */
@Singleton
public class Lives {
    private final Planner planner;
    private final TargetDirectory targets;
    private final Catalogue catalogue;
    private final Json json;

    Lives(Planner planner, TargetDirectory targets, Catalogue catalogue, Json json) {
        this.planner = planner;
        this.targets = targets;
        this.catalogue = catalogue;
        this.json = json;
    }

    /** What is to be done. */
    public record Order(UUID id, Target target, OperationSpec spec) {}

    /**
     * One life.
     *
     * @param begun is told of its steps before anything is done
     * @param cancel why it is cancelled as soon as it is resumed, or null
     */
    public LiveSteps.Outcome live(Order order, long epoch, Journal journal, Consumer<LiveSteps> begun, Problem cancel) {
        var kind = catalogue.of(order.spec());
        var spec = json.load(json.store(order.spec()), kind.spec());
        var work = new Work(order.id(), epoch);
        var steps = new LiveSteps(order.id(), journal, json, work, (state, nanos) -> {});
        begun.accept(steps);
        var outcome = new AtomicReference<LiveSteps.Outcome>();
        work.run(() -> {
            if (epoch > 1) {
                targets.endLeftovers(order.target(), order.id(), epoch);
            }
            if (cancel != null) {
                steps.stop(cancel);
            }
            outcome.set(steps.run(live -> {
                if (!steps.begun()) {
                    Planner.refuseBlocked(planner.check(kind, order.target(), spec));
                }
                return kind.handler().run(order.target(), spec, live);
            }));
        });
        return outcome.get();
    }

    public Plan plan(Order order) {
        return planner.plan(catalogue.of(order.spec()), order.target(), order.spec(), false);
    }

    /** What an operation ended with, as a caller sees it. */
    public String show(LiveSteps.Outcome outcome) {
        return outcome.succeeded()
                ? json.show(outcome.result())
                : outcome.problem().type() + (outcome.stuck() ? ", stuck" : "");
    }
}
