package io.pgbosun.store;

/** Where the control database is: a URI such as {@code postgresql://user:password@host:5432/database}. */
public record StoreLocation(String uri) {
    @Override
    public String toString() {
        return "the control database";
    }
}
