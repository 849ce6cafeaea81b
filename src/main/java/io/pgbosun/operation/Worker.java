package io.pgbosun.operation;

import io.pgbosun.problem.Problem;
import io.pgbosun.store.Hints;
import io.pgbosun.store.Json;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Claims operations and runs each on a virtual thread; hints wake it, a slow poll is the safety net. */
@Singleton
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final Duration WATCH = Duration.ofSeconds(1);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(Claims.LEASE_SECONDS);

    /** What a run works with. */
    record Tools(
            Store store,
            OperationStore operations,
            Planner planner,
            TargetDirectory targets,
            Hints hints,
            Json json,
            OperationTelemetry telemetry,
            GroupWrites writes) {}

    private final Tools tools;
    private final Claims claims;
    private final Housekeeping housekeeping;
    private final String owner = UUID.randomUUID().toString();
    private final Semaphore slots;
    private final Candidates candidates = new Candidates();
    private final Map<UUID, Run> running = new ConcurrentHashMap<>();
    private volatile boolean stopping;
    private volatile long renewedAt = System.nanoTime();
    private List<Thread> threads = List.of();

    Worker(
            Store store,
            OperationStore operations,
            Planner planner,
            TargetDirectory targets,
            Hints hints,
            Json json,
            OperationTelemetry telemetry,
            Claims claims,
            Housekeeping housekeeping,
            @ConfigProperty(name = "pgbosun.worker.slots") int slots) {
        var writes = new GroupWrites(store, operations);
        this.tools = new Tools(store, operations, planner, targets, hints, json, telemetry, writes);
        this.claims = claims;
        this.housekeeping = housekeeping;
        this.slots = new Semaphore(slots);
    }

    public void start() {
        tools.hints().listen("queue", candidates::hinted);
        tools.hints().listen("cancel", this::heard);
        threads = List.of(
                Thread.ofVirtual().name("claimer").start(this::claimLoop),
                every(HEARTBEAT, "heartbeat", this::beat),
                every(HEARTBEAT, "housekeeping", housekeeping::tidy),
                every(WATCH, "watching the heartbeat", this::leaveWhenSilent));
    }

    /** Leaves what runs to other services, at once. */
    public void stop() {
        stopping = true;
        threads.forEach(Thread::interrupt);
        var ids = running();
        running.values().forEach(Run::abandon);
        if (ids.length > 0) {
            try {
                claims.release(ids, owner);
                tools.hints().send("queue");
            } catch (Problem problem) {
                LOG.warnf("leases run out by themselves: %s", problem.detail());
            }
        }
    }

    private void claimLoop() {
        while (!stopping) {
            var taken = 0;
            try {
                slots.acquire();
                taken = 1 + slots.drainPermits();
                taken -= claim(taken);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                candidates.hinted("");
                failed("claiming", e);
            } finally {
                slots.release(taken);
            }
        }
    }

    /** Begins at most so many operations, when there are any; answers how many. */
    private int claim(int most) throws InterruptedException {
        if (candidates.awaitLook()) {
            var found = claims.worthALook();
            candidates.found(found, found.size() == Claims.PAGE);
        }
        var ids = candidates.next(most);
        if (ids.length == 0) {
            return 0;
        }
        var claimed = claims.take(ids, owner);
        claimed.forEach(this::begin);
        return claimed.size();
    }

    private void begin(Claims.Claim claim) {
        tools.hints().send("op:" + claim.id());
        var run = new Run(claim, tools);
        var older = running.put(claim.id(), run);
        if (older != null) {
            older.abandon();
        }
        Thread.ofVirtual().name("operation-" + claim.id()).start(() -> {
            try {
                run.run();
            } catch (RuntimeException e) {
                LOG.errorf(e, "operation %s", claim.id());
            } finally {
                running.remove(claim.id(), run);
                slots.release();
            }
        });
    }

    /** Each has a thread of its own: what waits long for the control database must not keep the others. */
    private Thread every(Duration pause, String what, Runnable body) {
        return Thread.ofVirtual().name(what).start(() -> {
            while (!stopping) {
                try {
                    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                    body.run();
                } catch (InterruptedException e) {
                    return;
                } catch (RuntimeException e) {
                    failed(what, e);
                }
            }
        });
    }

    /** What runs here, in the order in which the runs write: so nobody waits in a circle. */
    private UUID[] running() {
        return running.keySet().stream().sorted().toArray(UUID[]::new);
    }

    private void beat() {
        var asked = System.nanoTime(); // the leases count from some moment after this
        var ids = running();
        if (ids.length > 0) {
            var lost = new ConcurrentHashMap<>(running);
            lost.keySet().retainAll(java.util.Set.of(ids));
            for (var renewed : claims.renew(ids, owner)) {
                var run = lost.get(renewed.id());
                if (run != null && run.claim().epoch() == renewed.epoch()) {
                    lost.remove(renewed.id());
                    steer(run, renewed);
                }
            }
            lost.values().forEach(Run::abandon);
        }
        renewedAt = asked;
    }

    private static void steer(Run run, Claims.Renewed renewed) {
        if (renewed.cancelRequested()) {
            run.cancel();
        } else if (renewed.timedOut()) {
            run.timeOut();
        }
    }

    /** After a lease's time without an answer others may run what runs here: it must not act any more. */
    private void leaveWhenSilent() {
        if (System.nanoTime() - renewedAt > LONGEST_SILENCE.toNanos()) {
            running.values().forEach(Run::abandon);
        }
    }

    /** Somebody steered an operation; when it runs here, see whether it is to be cancelled. */
    private void heard(String id) {
        var run = running.get(UUID.fromString(id));
        if (run != null) {
            Thread.startVirtualThread(() -> {
                try {
                    tools.store()
                            .one(
                                    "select cancel_requested from operation where id = $1",
                                    run.claim().id())
                            .filter(row -> row.bool("cancel_requested"))
                            .ifPresent(row -> run.cancel());
                } catch (Problem problem) {
                    LOG.debugf("the next heartbeat will tell: %s", problem.detail());
                }
            });
        }
    }

    private static void failed(String what, RuntimeException e) {
        if (e instanceof Problem problem) {
            LOG.warnf("%s: %s", what, problem.detail());
        } else {
            LOG.error(what, e);
        }
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
