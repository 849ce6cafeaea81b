package io.pgbosun.failover;

import io.pgbosun.host.Progress;
import io.pgbosun.operation.Steps;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The steps of a runbook on servers that are thrown away: none is final, none is taken back alone, for whoever made the servers
 * removes them; and a preview goes on with what is planned of them.
 *
 * @param planned an answer for each type that is read
 */
record Rehearsal(Steps steps, Map<Class<?>, Object> planned) implements Steps {
    @Override
    public UUID operation() {
        return steps.operation();
    }

    @Override
    public <T> T get(String name, Class<T> type, Supplier<T> read) {
        return steps.get(name, type, type.cast(planned.get(type)), read);
    }

    @Override
    public <T> T get(String name, Class<T> type, T instead, Supplier<T> read) {
        return steps.get(name, type, instead, read);
    }

    @Override
    public void ensure(String name, BooleanSupplier is, Runnable make, Runnable unmake) {
        steps.ensure(name, is, make);
    }

    @Override
    public void ensure(String name, BooleanSupplier is, Runnable make) {
        steps.ensure(name, is, make);
    }

    @Override
    public <T> T obtain(
            String name, Class<T> type, T instead, Supplier<Optional<T>> look, Runnable make, Runnable unmake) {
        return steps.obtain(name, type, instead, look, make, () -> {});
    }

    @Override
    public void act(String name, Runnable act) {
        steps.act(name, act);
    }

    @Override
    public <T> T act(String name, Class<T> type, T instead, Supplier<T> act) {
        return steps.act(name, type, instead, act);
    }

    @Override
    public void act(String name, Runnable act, Runnable unmake) {
        steps.act(name, act);
    }

    @Override
    public void await(String name, Duration atMost, BooleanSupplier condition) {
        steps.await(name, atMost, condition);
    }

    @Override
    public void pointOfNoReturn() {}

    @Override
    public void pointOfNoReturn(String name, BooleanSupplier is, Runnable make, BooleanSupplier settle) {
        steps.ensure(name, is, make);
    }

    @Override
    public void progress(Progress progress) {
        steps.progress(progress);
    }

    @Override
    public void warn(String message) {
        steps.warn(message);
    }
}
