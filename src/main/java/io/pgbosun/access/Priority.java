package io.pgbosun.access;

/**
 * What is let in first when there is more to do than can be done. Health, readiness and metrics stand above all and are
 * never counted.
 */
public enum Priority {
    /** Looking: all of the places. */
    READ(4),
    /** Steering what runs already (cancel, approve, reject, resolve, revoke): three quarters of them. */
    CONTROL(3),
    /** Starting and changing: half of them. */
    START(2);

    private final int quarters;

    Priority(int quarters) {
        this.quarters = quarters;
    }

    int of(int places) {
        return Math.max(1, places * quarters / 4);
    }
}
