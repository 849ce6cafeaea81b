package io.pgbosun.operation;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgbosun.problem.ProblemBody;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A tracked piece of work, as callers see it. */
@Schema(description = "A tracked piece of work.")
public record Operation(
        UUID id,

        @Schema(description = "What is done, such as backup.")
        String kind,

        @Schema(description = "To what, such as clusters/orders.")
        String target,

        OperationState state,
        @Schema(description = "Why it is in this state.") String stateReason,

        @Schema(description = "True when the state is final.")
        boolean done,

        @Schema(
                description = "The parameters; secrets are shown as ***.",
                implementation = Object.class,
                type = SchemaType.OBJECT)
        JsonNode spec,

        String principal,
        String channel,
        String reason,

        @Schema(description = "The idempotency key it was started with.")
        String requestId,

        String planDigest,
        UUID retryOf,
        Risk risk,
        CancelEffect cancelEffect,
        List<Approval> approvals,

        @Schema(description = "The operation that is in the way, while queued.")
        UUID blockedBy,

        @Schema(description = "How many operations are ahead in line for the same resources, while queued.")
        Integer queuePosition,

        OperationProgress progress,
        List<Step> steps,
        List<String> warnings,

        @Schema(
                description = "What came of it, when it succeeded.",
                implementation = Object.class,
                type = SchemaType.OBJECT)
        JsonNode result,

        ProblemBody problem,

        @Schema(description = "The number of the newest event.")
        long lastEvent,

        Instant createTime,
        Instant startTime,
        Instant updateTime,
        Instant endTime,

        @Schema(description = "When it is forgotten, once done.")
        Instant expireTime) {

    /**
     * Somebody's word on an operation that needs approval.
     *
     * @param approved false when rejected
     */
    @Schema(description = "Somebody's word on an operation that needs approval.")
    public record Approval(String principal, boolean approved, String comment, Instant at) {}

    /**
     * How far the current step is.
     *
     * @param percent only when measured
     * @param source where the figures come from
     */
    @Schema(description = "How far the current step is; percent only when measured.")
    public record OperationProgress(
            String step,
            String phase,
            Long done,
            Long total,
            String unit,
            Integer percent,
            String source,
            Instant measuredAt) {}

    /** One step of the runbook. */
    @Schema(name = "OperationStep", description = "One step of the runbook, as journalled.")
    public record Step(String name, Journal.State state, Instant startTime, Instant endTime) {}
}
