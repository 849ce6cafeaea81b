package io.pgbosun.problem;

/**
 * What is wrong with one field.
 *
 * @param field its path, such as {@code tables[2]}
 * @param rule what the value must be
 * @param remedy what to do about it
 */
public record FieldError(String field, String rule, String remedy) {}
