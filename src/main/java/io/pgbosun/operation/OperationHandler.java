package io.pgbosun.operation;

import io.pgbosun.access.Caller;

/**
 * The runbook of one kind: plain code over named steps.
 *
 * @param <S> its spec
 * @param <R> its result, a record
 */
public interface OperationHandler<S extends OperationSpec, R extends Record> {
    /** Refuses a caller who may act on the target but not on, or not see, what else the spec names. */
    default void authorize(Caller caller, S spec) {}

    /** Looks at the facts before anything is done: checks that may block, and what will be touched. Changes nothing. */
    default void check(Target target, S spec, Checks checks) {}

    /** Does it. Between steps there is nothing but reading answers of earlier steps. */
    R run(Target target, S spec, Steps steps);
}
