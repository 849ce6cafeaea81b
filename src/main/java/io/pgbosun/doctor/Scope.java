package io.pgbosun.doctor;

import io.pgbosun.operation.OperationState;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How far back a diagnosis looks: all that has not ended, and what was made since a time, but never more operations than
 * a statement can look at in a few seconds.
 */
record Scope(Instant since) {
    static final String ACTIVE = Arrays.stream(OperationState.values())
            .filter(state -> !state.isFinal())
            .map(state -> "'" + state + "'")
            .collect(Collectors.joining(", "));

    /** The ids of the operations to look at, for a {@code with}; {@code $1} is {@link #floor}. */
    static final String OPERATIONS = """
            scope as (
              (select id from operation where id >= $1 order by id desc limit 20000)
              union
              (select id from operation where state in (%s) order by id desc limit 20000)
            )
            """.formatted(ACTIVE);

    /** Below every id that was made since: the first 48 bits of a UUID of version 7 are its time. */
    UUID floor() {
        return new UUID(since.toEpochMilli() << 16, 0);
    }
}
