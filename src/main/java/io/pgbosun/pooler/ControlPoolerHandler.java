package io.pgbosun.pooler;

import io.pgbosun.host.PoolerConsole;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ControlPooler.Action;
import io.pgbosun.pooler.ControlPooler.ControlPoolerResult;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

@Singleton
class ControlPoolerHandler implements OperationHandler<ControlPooler, ControlPoolerResult> {
    private final PoolerStore poolers;
    private final PoolerControl control;

    ControlPoolerHandler(PoolerStore poolers, PoolerControl control) {
        this.poolers = poolers;
        this.control = control;
    }

    /** The names of databases. */
    record Chosen(List<String> databases) {}

    @Override
    public void check(Target target, ControlPooler spec, Checks checks) {
        var pooler = poolers.get(target.id(), spec.pooler());
        if (spec.action() == Action.RELOAD && spec.database() != null) {
            throw Problem.invalid("database", "must be left out with RELOAD", "It is of the whole pooler.");
        }
        if (spec.database() != null && !pooler.databases().contains(spec.database())) {
            throw Problem.invalid("database", "must be one of " + pooler.databases(), "Choose one of them.");
        }
        var console = control.console(pooler);
        console.requireAdmin();
        var running = console.databases().stream().map(PoolerDatabase::name).toList();
        var missing = chosen(pooler, spec).stream()
                .filter(name -> !running.contains(name))
                .toList();
        checks.need(
                "the pooler has the databases",
                missing.isEmpty(),
                missing.isEmpty() ? "all" : "not " + missing,
                "all of them",
                "Apply its configuration first.");
        if (spec.action() == Action.PAUSE) {
            checks.takesLock("transactions that begin at the pooler wait until it is resumed");
        }
        checks.restsOn("databases", chosen(pooler, spec));
    }

    private static List<String> chosen(PoolerRecord pooler, ControlPooler spec) {
        if (spec.action() == Action.RELOAD) {
            return List.of();
        }
        return spec.database() == null ? pooler.databases() : List.of(spec.database());
    }

    @Override
    public ControlPoolerResult run(Target target, ControlPooler spec, Steps steps) {
        var chosen = steps.get(
                        "choose the databases",
                        Chosen.class,
                        () -> new Chosen(chosen(poolers.get(target.id(), spec.pooler()), spec)))
                .databases();
        if (spec.action() == Action.RELOAD) {
            steps.act("reload " + spec.pooler(), () -> console(target, spec).reload());
        }
        for (var database : chosen) {
            act(target, spec, database, steps);
        }
        return new ControlPoolerResult(spec.pooler(), chosen);
    }

    private PoolerConsole console(Target target, ControlPooler spec) {
        return control.console(poolers.get(target.id(), spec.pooler()));
    }

    private void act(Target target, ControlPooler spec, String database, Steps steps) {
        var step = spec.action().name().toLowerCase(Locale.ROOT) + " " + database + " at " + spec.pooler();
        switch (spec.action()) {
            case PAUSE ->
                steps.ensure(
                        step,
                        () -> console(target, spec).isPaused(database),
                        () -> console(target, spec).pause(database, Duration.ofSeconds(spec.timeoutSeconds())),
                        () -> console(target, spec).resume(database));
            case RESUME ->
                steps.ensure(
                        step,
                        () -> !is(target, spec, database, PoolerDatabase::paused),
                        () -> console(target, spec).resume(database));
            case DISABLE ->
                steps.ensure(
                        step,
                        () -> is(target, spec, database, PoolerDatabase::disabled),
                        () -> console(target, spec).disable(database),
                        () -> console(target, spec).enable(database));
            case ENABLE ->
                steps.ensure(
                        step,
                        () -> !is(target, spec, database, PoolerDatabase::disabled),
                        () -> console(target, spec).enable(database));
            case RECONNECT -> steps.act(step, () -> console(target, spec).reconnect(database));
            case RELOAD -> throw new IllegalStateException("it is of no database");
        }
    }

    private boolean is(Target target, ControlPooler spec, String database, Predicate<PoolerDatabase> so) {
        return console(target, spec).databases().stream()
                .anyMatch(found -> found.name().equals(database) && so.test(found));
    }
}
