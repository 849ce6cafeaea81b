package io.pgbosun.operation;

/** How much harm an operation can do when it goes wrong or comes at a bad time. */
public enum Risk {
    LOW,
    MEDIUM,
    HIGH
}
