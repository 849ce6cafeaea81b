package io.pgbosun.operation;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;

/** Metrics of operations: how many ended how, and how long they took. */
@Singleton
public class OperationTelemetry {
    private final MeterRegistry registry;

    OperationTelemetry(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Without the step's name, which may hold the names of databases and tables. */
    void stepEnded(String kind, Journal.State state, long nanos) {
        registry.timer(
                        "pgbosun_step_duration",
                        "kind",
                        kind,
                        "outcome",
                        state.name().toLowerCase(Locale.ROOT))
                .record(Duration.ofNanos(nanos));
    }

    /**
     * Counts an operation that ended.
     *
     * @param nanos from its first start to its end
     */
    public void ended(String kind, OperationState state, long nanos) {
        registry.timer(
                        "pgbosun_operation_duration",
                        "kind",
                        kind,
                        "outcome",
                        state.name().toLowerCase(Locale.ROOT))
                .record(Duration.ofNanos(nanos));
    }
}
