package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Something that is done again and again, on a thread of its own; what fails is logged, and done again like the rest. */
public final class Recurring {
    private static final Logger LOG = Logger.getLogger(Recurring.class);
    /** Services that were started together are not to ask together. */
    private static final double JITTER = 0.1;

    /** What is done; interrupted when it is not to go on. */
    public interface Body {
        void run() throws InterruptedException;
    }

    private final String name;
    private final Duration pause;
    private final Body body;
    private Thread thread;

    public Recurring(String name, Duration pause, Body body) {
        this.name = name;
        this.pause = pause;
        this.body = body;
    }

    public void start() {
        thread = Thread.ofVirtual().name(name).start(this::loop);
    }

    /** Interrupts what is just done; nothing happens when it was never started. */
    public void stop() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void loop() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                once();
                var jitter = 1 + JITTER * ThreadLocalRandom.current().nextDouble(-1, 1);
                TimeUnit.MILLISECONDS.sleep((long) (pause.toMillis() * jitter));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void once() throws InterruptedException {
        try {
            body.run();
        } catch (Problem problem) {
            LOG.infof("%s: %s", name, problem.detail());
        } catch (RuntimeException e) {
            LOG.errorf(e, "%s", name);
        }
    }
}
