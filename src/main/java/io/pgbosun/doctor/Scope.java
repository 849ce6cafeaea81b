package io.pgbosun.doctor;

import java.time.Instant;
import java.util.UUID;

/**
 * How far back a diagnosis looks: all that has not ended, and what was made since a time, but never more operations than
 * a statement can look at in a few seconds.
 */
record Scope(Instant since) {
    /** Told so, an operation is found by the index of those that have not ended. */
    static final String ACTIVE = "ended_at is null";

    /** The ids of the operations to look at, for a {@code with}; {@code $1} is {@link #floor}. */
    static final String OPERATIONS = """
            scope as (
              (select id from operation where id >= $1 order by id desc limit 20000)
              union
              (select id from operation where %s order by id desc limit 20000)
            )
            """.formatted(ACTIVE);

    /** Below every id that was made since: the first 48 bits of a UUID of version 7 are its time. */
    UUID floor() {
        return new UUID(since.toEpochMilli() << 16, 0);
    }
}
