package io.pgbosun.operation;

/**
 * A place in the line for a resource.
 *
 * @param resource such as {@code clusters/orders} or {@code clusters/orders/databases/shop}
 * @param exclusive whether nobody else may hold it meanwhile
 */
public record LockRequest(String resource, boolean exclusive) {}
