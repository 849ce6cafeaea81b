package io.pgbosun.telemetry;

import io.pgbosun.problem.Problem;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means that the control database answers within two seconds; without it no request can be served. Asked at
 * {@code /q/health/ready}, which like {@code /q/health/live} needs no token and tells nothing but this.
 */
@Readiness
@Singleton
class ControlDatabaseReady implements HealthCheck {
    private static final long SECONDS = 2;

    private final Store store;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    ControlDatabaseReady(Store store) {
        this.store = store;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("control database");
        try {
            CompletableFuture.supplyAsync(() -> store.one("select 1"), threads).get(SECONDS, TimeUnit.SECONDS);
            return response.up().build();
        } catch (TimeoutException e) {
            return response.down()
                    .withData("reason", "no answer in " + SECONDS + " s")
                    .build();
        } catch (ExecutionException e) {
            var known = e.getCause() instanceof Problem;
            return response.down()
                    .withData("reason", known ? e.getCause().getMessage() : "it refused a query")
                    .build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return response.down().withData("reason", "the service is stopping").build();
        }
    }
}
