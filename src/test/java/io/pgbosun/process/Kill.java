package io.pgbosun.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgbosun.fire.Scoreboard;
import io.pgbosun.process.KillTrials.Trial;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Kills a service within an operation, starts it again on the same state folder, and judges what has come of both. */
final class Kill implements AutoCloseable {
    /** The first event says that it was accepted, before the caller has its answer. */
    static final int FIRST_EVENT = 2;

    private static final Duration COMES = Duration.ofSeconds(60);
    private static final Duration RESUMED = Duration.ofSeconds(120);
    static final int LONGEST_DELAY_MILLIS = 250;
    /** What waiting for the end of the lease does: it is of a process that is dead for certain. */
    private static final String END_LEASE = "update operation set lease_until = now() where lease_until > now()";

    private final Service service;
    private final Scoreboard board;
    private final Leftovers leftovers;
    private final boolean waits;
    private final Gate gate;

    /**
     * Of one service.
     *
     * @param waits whether the lease of what was killed is waited for, as it is outside of tests
     */
    Kill(Service service, Scoreboard board, Leftovers leftovers, boolean waits) {
        this.service = service;
        this.board = board;
        this.leftovers = leftovers;
        this.waits = waits;
        gate = new Gate(service.store());
    }

    /** When the service is killed. */
    sealed interface Moment {
        /** When this event is written and not committed; it then is or is not, and nobody is there to hear of it. */
        record AtEvent(int number, boolean committed) implements Moment {}

        /** So long after so many steps were told of. */
        record Between(int steps, int delayMillis) implements Moment {}

        /** While something is under way. */
        record While(String what, BooleanSupplier seen) implements Moment {
            @Override
            public String toString() {
                return "while " + what;
            }
        }
    }

    static Moment any(Trial trial, Random random) {
        if (random.nextInt(3) == 0) {
            return new Moment.Between(
                    random.nextInt(trial.steps()), random.nextBoolean() ? 0 : random.nextInt(LONGEST_DELAY_MILLIS));
        }
        return new Moment.AtEvent(FIRST_EVENT + random.nextInt(trial.steps() + 1), random.nextBoolean());
    }

    /** Answers whether the moment came before the end. */
    boolean tried(Trial trial, Moment moment) {
        var came = new boolean[1];
        board.run(() -> {
            String operation;
            try (var store = service.store().open()) {
                operation = started(trial, moment);
                came[0] = killed(store, operation, moment);
                System.out.printf("  %s, killed %s: %s%n", trial.kind(), moment, atWhat(store, operation));
                if (!waits) {
                    store.run(END_LEASE);
                }
            } finally {
                gate.open(); // whatever failed, nothing stands there for ever
            }
            resumed(trial, operation);
        });
        return came[0];
    }

    private String started(Trial trial, Moment moment) {
        if (moment instanceof Moment.AtEvent event) {
            gate.shut(event.number());
        }
        return trial.start().get().started();
    }

    private boolean killed(ControlDatabase.Session store, String operation, Moment moment) {
        return switch (moment) {
            case Moment.AtEvent event -> {
                Eventually.closely("the gate", COMES, () -> gate.reached() || ended(store, operation));
                var reached = gate.reached();
                service.kill();
                if (event.committed()) {
                    gate.open();
                } else {
                    gate.refuse();
                }
                yield reached;
            }
            case Moment.Between between -> {
                Eventually.closely(
                        "step event " + between.steps(),
                        COMES,
                        () -> Integer.parseInt(store.value(ControlDatabase.STEP_EVENTS, operation)) >= between.steps()
                                || ended(store, operation));
                LockSupport.parkNanos(Duration.ofMillis(between.delayMillis()).toNanos()); // any moment will do
                var ended = ended(store, operation);
                service.kill();
                yield !ended;
            }
            case Moment.While during -> {
                Eventually.closely(during.what(), COMES, () -> during.seen().getAsBoolean() || ended(store, operation));
                service.kill();
                yield !ended(store, operation);
            }
        };
    }

    private static boolean ended(ControlDatabase.Session store, String operation) {
        return store.value("select id::text from operation where id = ?::uuid and ended_at is not null", operation)
                != null;
    }

    private static String atWhat(ControlDatabase.Session store, String operation) {
        return store.value("""
                select state || coalesce(', ' || (select name || ' ' || state from operation_step s
                  where s.operation = o.id order by place desc limit 1), '') from operation o where id = ?::uuid""", operation);
    }

    private void resumed(Trial trial, String operation) {
        var began = System.nanoTime();
        service.start();
        var ended = service.rest().ended(operation, RESUMED);
        board.recovered(Duration.ofNanos(System.nanoTime() - began));
        assertEquals("SUCCEEDED", ended.getString("state"), ended.prettify());
        assertTrue(trial.truth().get(), "the world after " + trial.kind());
        leftovers.refuse();
        board.checked("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9");
    }

    @Override
    public void close() {
        gate.close();
    }
}
