package io.pgbosun.operation;

import java.util.EnumSet;
import java.util.Set;

/** The closed set of states of an operation, and which may follow which. Final states never change. */
public enum OperationState {
    AWAITING_APPROVAL,
    SCHEDULED,
    QUEUED,
    RUNNING,
    CANCELLING,
    STUCK,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    REJECTED,
    EXPIRED;

    /** The states that may come next; empty for a final one. */
    public Set<OperationState> next() {
        return switch (this) {
            case AWAITING_APPROVAL -> EnumSet.of(QUEUED, SCHEDULED, REJECTED, EXPIRED, CANCELLED);
            case SCHEDULED -> EnumSet.of(QUEUED, EXPIRED, CANCELLED);
            case QUEUED -> EnumSet.of(RUNNING, FAILED, EXPIRED, CANCELLED);
            case RUNNING -> EnumSet.of(SUCCEEDED, FAILED, CANCELLING, STUCK);
            case CANCELLING -> EnumSet.of(CANCELLED, SUCCEEDED, FAILED, STUCK);
            case STUCK -> EnumSet.of(RUNNING, SUCCEEDED, FAILED, CANCELLED);
            case SUCCEEDED, FAILED, CANCELLED, REJECTED, EXPIRED -> EnumSet.noneOf(OperationState.class);
        };
    }

    public boolean isFinal() {
        return next().isEmpty();
    }
}
