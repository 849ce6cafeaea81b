package io.pgbosun.operation;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import io.pgbosun.problem.Problem;
import java.util.UUID;

/** Ids: UUID version 7 (RFC 9562), which sort by the time they were made. */
public final class Ids {
    private static final TimeBasedEpochRandomGenerator GENERATOR = Generators.timeBasedEpochRandomGenerator();

    private Ids() {}

    public static UUID next() {
        return GENERATOR.generate();
    }

    /** Reads an id from a path or field; anything else is a problem {@code invalid} naming the field. */
    public static UUID parse(String field, String text) {
        try {
            if (text != null && text.length() == 36) {
                return UUID.fromString(text);
            }
        } catch (IllegalArgumentException e) {
            // said below, as for a text of another length
        }
        throw Problem.invalid(
                field, "must be a UUID such as 01939c2e-5b7c-7d42-a7b0-3d5c2f1e8a90", "Copy it from a list.");
    }
}
