package io.pgbosun.boot;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready from the moment on when the service was told to end, so that nobody sends it more. */
@Readiness
@Singleton
class Leaving implements HealthCheck {
    private final Lifecycle lifecycle;

    Leaving(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("stays").status(!lifecycle.isLeaving()).build();
    }
}
