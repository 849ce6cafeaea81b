package io.pgbosun.access;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How many requests are worked on at once, those that wait for a connection to the control database included. What comes
 * when the places of its priority are taken is refused at once: a request that would wait longer than its caller does is
 * work for nothing.
 */
@Singleton
public final class Admission {
    /** After how many seconds a refused caller should come again. */
    public static final int RETRY_AFTER_SECONDS = 1;

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile boolean leaving;

    Admission(@ConfigProperty(name = "pgbosun.requests.in.work", defaultValue = "256") int places) {
        if (places < 1) {
            throw new IllegalArgumentException("PGBOSUN_REQUESTS_IN_WORK must be at least 1; it is " + places);
        }
        this.places = places;
    }

    /** A place for a request, or null when there is none for its priority; whoever got one leaves it. */
    public Slot enter(Priority priority) {
        if (taken.incrementAndGet() > priority.of(places)) {
            taken.decrementAndGet();
            refused.increment();
            return null;
        }
        return new Slot(taken);
    }

    /** The service is about to end: whoever is answered should not come to it again. */
    public void leave() {
        leaving = true;
    }

    public boolean isLeaving() {
        return leaving;
    }

    public int inWork() {
        return taken.get();
    }

    public long refused() {
        return refused.sum();
    }

    /** A place among the requests in work. */
    public static final class Slot {
        private final AtomicInteger taken;
        private final AtomicInteger left = new AtomicInteger();

        private Slot(AtomicInteger taken) {
            this.taken = taken;
        }

        /** Gives the place back; once, however often it is called. */
        public void leave() {
            if (left.compareAndSet(0, 1)) {
                taken.decrementAndGet();
            }
        }
    }
}
