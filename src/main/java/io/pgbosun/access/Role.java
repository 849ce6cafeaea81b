package io.pgbosun.access;

/** What a caller may do, each role more than the one before: look, operate, administer. */
public enum Role {
    VIEWER,
    OPERATOR,
    ADMIN;

    public boolean covers(Role other) {
        return compareTo(other) >= 0;
    }
}
