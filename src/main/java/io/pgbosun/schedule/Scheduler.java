package io.pgbosun.schedule;

import io.pgbosun.problem.Problem;
import io.pgbosun.store.Hints;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Looks for what is due, in every service that works; hints wake it, and so does the time of what is next. */
@Singleton
public final class Scheduler {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);
    private static final int BATCH = 8;
    private static final long LONGEST_MILLIS = 5_000;
    private static final long SHORTEST_MILLIS = 50;

    private final ScheduleStore schedules;
    private final Firing firing;
    private final Hints hints;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean stopping;
    private Thread thread;

    Scheduler(ScheduleStore schedules, Firing firing, Hints hints) {
        this.schedules = schedules;
        this.firing = firing;
        this.hints = hints;
    }

    public void start() {
        hints.listen("schedule", changed -> wake.release());
        thread = Thread.ofVirtual().name("scheduler").start(this::loop);
    }

    /** What is half done is done by another service, or by this one when it is back. */
    public void stop() {
        stopping = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void loop() {
        var pause = 0L;
        while (!stopping) {
            try {
                if (wake.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
                pause = Math.max(SHORTEST_MILLIS, fireAll());
            } catch (InterruptedException e) {
                return;
            } catch (Problem problem) {
                LOG.warnf("schedules: %s", problem.detail());
                pause = LONGEST_MILLIS;
            } catch (RuntimeException e) {
                LOG.error("schedules", e);
                pause = LONGEST_MILLIS;
            }
        }
    }

    /** Fires all that is due; answers after how many milliseconds more is. */
    private long fireAll() {
        for (var due = schedules.take(BATCH); !due.isEmpty(); due = schedules.take(BATCH)) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                due.forEach(one -> threads.execute(() -> fire(one)));
            }
        }
        return schedules.millisToNext(LONGEST_MILLIS);
    }

    private void fire(ScheduleStore.Due due) {
        try {
            firing.fire(due);
        } catch (RuntimeException e) {
            LOG.errorf(e, "schedule %s is tried again", due.name());
        }
    }
}
