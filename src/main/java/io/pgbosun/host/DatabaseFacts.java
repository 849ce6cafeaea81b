package io.pgbosun.host;

/**
 * What a server says of one of its databases.
 *
 * @param sizeBytes {@code pg_database_size}
 */
public record DatabaseFacts(String name, String owner, String encoding, long sizeBytes) {}
