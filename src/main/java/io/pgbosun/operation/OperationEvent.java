package io.pgbosun.operation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Something that happened to an operation.
 *
 * @param number from 1, without a gap, per operation
 * @param type STATE, STEP, PROGRESS or WARNING
 */
@Schema(description = "Something that happened to an operation, numbered from 1 without a gap.")
public record OperationEvent(
        UUID operation,
        long number,
        Instant at,
        Type type,

        @Schema(
                description = "What happened: the new state, the step, the progress or the warning.",
                implementation = Object.class,
                type = SchemaType.OBJECT)
        JsonNode data) {
    /** What happened. */
    @Schema(name = "OperationEventType")
    public enum Type {
        STATE,
        STEP,
        PROGRESS,
        WARNING
    }
}
