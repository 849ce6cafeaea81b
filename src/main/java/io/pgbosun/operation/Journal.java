package io.pgbosun.operation;

import io.pgbosun.host.Progress;
import io.pgbosun.problem.ProblemBody;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a run has written down of itself. Every write is made under the run's epoch and throws {@link LeaseLost} when
 * another run has taken over.
 */
public interface Journal {
    /**
     * A step that was begun.
     *
     * @param step its name
     * @param state how far it came
     * @param answer its answer in JSON, or null
     */
    record Entry(String step, State state, String answer) {
        boolean isDone() {
            return state == State.DONE || state == State.FOUND;
        }

        boolean mustBeUndone() {
            return state == State.INTENT || state == State.DONE;
        }
    }

    /** How far a step came. */
    @Schema(name = "StepState")
    enum State {
        /** Begun; nobody knows how far it came. */
        INTENT,
        /** Done by this operation. */
        DONE,
        /** Read, or so already: nothing to take back. */
        FOUND,
        /** Taken back. */
        UNDONE
    }

    /** What is written so far, by step name. */
    Map<String, Entry> entries();

    /** Why the run is being undone, once it is. */
    Optional<ProblemBody> undoing();

    /** Writes how far different steps came, in this order, all of it or nothing. */
    void write(List<Entry> steps);

    /** Writes how the last step of a run that succeeded came out, at the latest together with the outcome of the run. */
    default void writeLast(Entry step) {
        write(List.of(step));
    }

    void undoing(ProblemBody why);

    void undone(String step);

    /** Whether the point of no return is passed. */
    boolean isCommitted();

    void committed();

    void progress(String step, Progress progress);

    void warn(String message);

    /** Another run has taken over: this one must touch nothing any more. */
    final class LeaseLost extends RuntimeException {
        private static final long serialVersionUID = 1;

        public LeaseLost() {
            super("the lease was lost to another run", null, false, false);
        }
    }
}
