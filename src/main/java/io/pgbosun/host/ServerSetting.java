package io.pgbosun.host;

/**
 * A setting of a server.
 *
 * @param value in force, as {@code pg_settings} has it
 * @param altered what {@code ALTER SYSTEM} has set, which may not be in force yet; null when it has not
 */
public record ServerSetting(String value, String altered) {}
