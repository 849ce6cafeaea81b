package io.pgbosun.operation;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How long operations are kept after their end: those that succeeded, and all others. */
@Singleton
public final class Retention {
    private final Duration succeeded;
    private final Duration others;

    Retention(
            @ConfigProperty(name = "pgbosun.retention.succeeded", defaultValue = "30d") Duration succeeded,
            @ConfigProperty(name = "pgbosun.retention.others", defaultValue = "90d") Duration others) {
        this.succeeded = succeeded;
        this.others = others;
    }

    public Duration of(OperationState state) {
        return state == OperationState.SUCCEEDED ? succeeded : others;
    }
}
