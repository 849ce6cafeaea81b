package io.pgbosun.host;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The run of an operation on whose behalf a thread speaks to the outside: it tags every session and process that is
 * opened meanwhile, and ends them when the run is cancelled or loses its lease.
 */
public final class Work {
    private static final ScopedValue<Work> CURRENT = ScopedValue.newInstance();
    private static final String PREFIX = "pgbosun:";

    private final UUID operation;
    private final long epoch;
    private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();
    private final Set<String> visited = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;
    private volatile boolean left;
    private volatile String step = "";
    private boolean undisturbed;
    private boolean endsAfterwards;

    public Work(UUID operation, long epoch) {
        this.operation = operation;
        this.epoch = epoch;
    }

    public static Optional<Work> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** The tag of the current run, or {@code pgbosun} outside of any: the {@code application_name} of sessions. */
    public static String currentTag() {
        return current().map(Work::tag).orElse("pgbosun");
    }

    /** Runs the body with this as the current work. */
    public void run(Runnable body) {
        ScopedValue.where(CURRENT, this).run(body);
    }

    /** {@code pgbosun:<operation>:<epoch>}, at most 63 bytes. */
    public String tag() {
        return tagPrefix(operation) + epoch;
    }

    /** What the tags of all runs of one operation begin with. */
    public static String tagPrefix(UUID operation) {
        return PREFIX + operation + ":";
    }

    /** Whether this run must first end what earlier runs may have left there. */
    public boolean mustEndLeftoversAt(String place) {
        return epoch > 1 && !visited.contains(place);
    }

    /** What earlier runs have left there is ended. */
    public void leftoversEndedAt(String place) {
        visited.add(place);
    }

    public UUID operation() {
        return operation;
    }

    public long epoch() {
        return epoch;
    }

    /** Something is open that must be ended with the run; it ends at once when the run has ended already. */
    public Open opened(Runnable end) {
        ends.add(end);
        if (ended) {
            end.run();
        }
        return () -> ends.remove(end);
    }

    /** Ends whatever is open, and whatever will be opened from now on. */
    public synchronized void end() {
        if (undisturbed) {
            endsAfterwards = true;
            return;
        }
        ended = true;
        ends.forEach(Runnable::run);
    }

    /** As {@link #end}, since another run takes the operation over: what that one can go on with may go on. */
    public void leave() {
        left = true;
        end();
    }

    /** Whether another run takes the operation over. */
    public boolean left() {
        return left;
    }

    /** The run comes to a step. With the operation it names what is begun there, for a later run of the same step to find. */
    public void comesTo(String step) {
        this.step = step;
    }

    /** The step that the run is at; empty before the first. */
    public String step() {
        return step;
    }

    /** Does what must be done whole also for a run that is ended meanwhile: the end comes after it. */
    public void undisturbed(Runnable body) {
        hold(true);
        try {
            body.run();
        } finally {
            hold(false);
        }
    }

    private synchronized void hold(boolean holds) {
        undisturbed = holds;
        if (!holds && endsAfterwards) {
            endsAfterwards = false;
            end();
        }
    }

    /** Allows sessions and processes again: undoing goes on after a cancel has ended what was open. */
    public void reopen() {
        ended = false;
    }

    public boolean ended() {
        return ended;
    }

    /** Closed when the session or process has come to its own end. */
    public interface Open extends AutoCloseable {
        @Override
        void close();
    }
}
