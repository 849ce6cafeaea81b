package io.pgbosun.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgbosun.access.Admission;
import io.pgbosun.access.RateLimits;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Counts requests that were refused because there were too many: of one caller, or altogether. */
@Singleton
class RefusedRequests implements MeterBinder {
    private final RateLimits rates;
    private final Admission admission;

    RefusedRequests(RateLimits rates, Admission admission) {
        this.rates = rates;
        this.admission = admission;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        count(registry, "rate", rates, RateLimits::refused);
        count(registry, "overload", admission, Admission::refused);
    }

    private static <T> void count(MeterRegistry registry, String why, T counted, ToDoubleFunction<T> refused) {
        FunctionCounter.builder("pgbosun_requests_refused", counted, refused)
                .tag("why", why)
                .description(
                        "Requests refused because there were too many, of one caller (rate) or altogether (overload).")
                .register(registry);
    }
}
