package io.pgbosun.operation;

import io.pgbosun.host.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What a runbook is written in. Each step has a name that is unique in its operation and is journalled under it, so that
 * a run which died is resumed where it was by the next one.
 *
 * <p>A step that fails before {@link #pointOfNoReturn} undoes, backwards, every step of which an intent was journalled;
 * after it, the operation is STUCK and looked at again.
 */
public interface Steps {
    /** The operation's id: a good name for what it creates. */
    UUID operation();

    /** Reads a fact once; a resumed run gets the same answer again. */
    <T> T get(String name, Class<T> type, Supplier<T> read);

    /**
     * Reads a fact of something that earlier steps make.
     *
     * @param planned what a preview goes on with while it is not there
     */
    <T> T get(String name, Class<T> type, T planned, Supplier<T> read);

    /**
     * Makes something so: looks, acts if needed, looks again.
     *
     * @param is whether it is so already
     * @param make makes it so; may be done again when a run died in it
     * @param unmake takes back what {@code make} did, whole or half
     */
    void ensure(String name, BooleanSupplier is, Runnable make, Runnable unmake);

    /** Makes something so that need not be taken back. */
    void ensure(String name, BooleanSupplier is, Runnable make);

    /**
     * Makes a thing and answers it: looks, acts if needed, looks again.
     *
     * @param planned what a preview shows in its place
     * @param look the thing, when it is there whole
     */
    <T> T obtain(String name, Class<T> type, T planned, Supplier<Optional<T>> look, Runnable make, Runnable unmake);

    /** Does what harms nobody when it is done twice (a VACUUM), and remembers that it is done. */
    void act(String name, Runnable act);

    /**
     * Does what harms nobody when it is done twice, and remembers its answer.
     *
     * @param planned what a preview shows in its place
     */
    <T> T act(String name, Class<T> type, T planned, Supplier<T> act);

    /** Does what harms nobody when done twice; its trace, such as an invalid index, is taken back on failure. */
    void act(String name, Runnable act, Runnable unmake);

    /** Waits for a condition; the only way to wait. */
    void await(String name, Duration atMost, BooleanSupplier condition);

    /** From here on nothing is undone. */
    void pointOfNoReturn();

    /**
     * Makes something so that cannot be taken back, and with it the point of no return comes. When that fails, it is found
     * out whether it is so all the same: then, and as long as that cannot be known, the operation is STUCK and looked at
     * again; otherwise the steps before are undone.
     *
     * @param is whether it is so already
     * @param make makes it so; may be done again when a run died in it
     * @param settle sees to it that it is not so later, unless it is so now, and answers whether it is; may be done again
     */
    void pointOfNoReturn(String name, BooleanSupplier is, Runnable make, BooleanSupplier settle);

    /** Tells how far the current step is. */
    void progress(Progress progress);

    /** Tells of something that did not stop the operation but should be known. */
    void warn(String message);
}
