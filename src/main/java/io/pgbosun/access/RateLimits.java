package io.pgbosun.access;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * A token bucket for each principal, the same through every door, and one for each address from which strangers come:
 * they get a tenth. In memory of this process, so each process of an installation counts for itself.
 */
@Singleton
public final class RateLimits {
    private static final int BURST_SECONDS = 2;
    private static final int STRANGERS_SHARE = 10;
    private static final int MOST_BUCKETS = 10_000;
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private final int perSecond;
    private final LoadingCache<String, Bucket> principals;
    private final LoadingCache<String, Bucket> strangers;
    private final LongAdder refused = new LongAdder();

    RateLimits(@ConfigProperty(name = "pgbosun.requests.per.second", defaultValue = "2000") int perSecond) {
        if (perSecond < 0) {
            throw new IllegalArgumentException(
                    "PGBOSUN_REQUESTS_PER_SECOND must be 0 (no limit) or more; it is " + perSecond);
        }
        this.perSecond = perSecond;
        principals = buckets(perSecond);
        strangers = buckets(Math.max(1, perSecond / STRANGERS_SHARE));
    }

    private static LoadingCache<String, Bucket> buckets(long perSecond) {
        return Caffeine.newBuilder()
                .maximumSize(MOST_BUCKETS)
                .expireAfterAccess(FORGOTTEN)
                .build(name -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(burst(perSecond))
                                .refillGreedy(Math.max(1, perSecond), Duration.ofSeconds(1)))
                        .withNanosecondPrecision()
                        .build());
    }

    private static long burst(long perSecond) {
        return Math.max(1, perSecond * BURST_SECONDS);
    }

    /** Counts one request of a principal. */
    public Rate spend(String principal) {
        return perSecond == 0 ? Rate.UNLIMITED : rate(principals, principal, perSecond);
    }

    /** Counts one request of somebody who could not say who they are, by the address they come from. */
    public Rate spendOfStranger(String address) {
        return perSecond == 0 ? Rate.UNLIMITED : rate(strangers, address, Math.max(1, perSecond / STRANGERS_SHARE));
    }

    private Rate rate(LoadingCache<String, Bucket> buckets, String name, int rate) {
        var probe = buckets.get(name).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            refused.increment();
        }
        return rate(probe, rate);
    }

    private static Rate rate(ConsumptionProbe probe, int rate) {
        return new Rate(
                burst(rate),
                probe.getRemainingTokens(),
                seconds(probe.getNanosToWaitForReset()),
                probe.isConsumed() ? 0 : seconds(probe.getNanosToWaitForRefill()));
    }

    private static long seconds(long nanos) {
        return Math.max(1, Math.ceilDiv(nanos, 1_000_000_000L));
    }

    public long refused() {
        return refused.sum();
    }
}
