package io.pgbosun.doctor;

/** How well an invariant holds. */
public enum InvariantVerdict {
    /** It holds. */
    PASS,
    /** It holds as far as is known, but a person should look. */
    WARN,
    /** It does not hold. */
    FAIL
}
