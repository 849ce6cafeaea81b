package io.pgbosun.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgbosun.problem.ProblemBody;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An operation that the clock starts again and again. */
@Schema(description = "An operation that the clock starts again and again.")
public record Schedule(
        String name,

        @Schema(description = "What is started, such as backup.")
        String kind,

        @Schema(
                description = "Its parameters, as its own route takes them; secrets are shown as ***.",
                implementation = Object.class,
                type = SchemaType.OBJECT)
        JsonNode spec,

        @Schema(description = "On what, such as clusters/orders; null with a selector.")
        String target,

        @Schema(description = "On all clusters that have these labels when it fires; null with a target.")
        Map<String, String> selector,

        @Schema(description = "Five fields: minute, hour, day of the month, month, day of the week.")
        String cron,

        @Schema(description = "The time zone in which the cron is read (IANA).")
        String zone,

        @Schema(description = "Each firing comes up to so much later, the same on every service.")
        int jitterSeconds,

        MissedRuns missedRuns,

        @Schema(description = "A firing that comes later than this was missed.")
        int graceSeconds,

        Overlap overlap,
        boolean paused,

        @Schema(description = "Whose permissions it needs when it fires: those of who made it.")
        String principal,

        @Schema(description = "When it fires next, jitter included; null when paused or never.")
        Instant nextFireTime,

        @Schema(description = "What its cron said of the last firing.")
        Instant lastFireTime,

        @Schema(description = "The operations of the last firing, and earlier ones that had not ended then.")
        List<UUID> lastOperations,

        Instant lastSkipTime,

        @Schema(description = "Why the last firing that was skipped was.")
        String lastSkipReason,

        @Schema(description = "Why the last firing was refused; null when it was not.")
        ProblemBody lastProblem,

        Instant createTime,
        Instant updateTime) {

    /** What becomes of firings that nobody was there for. */
    public enum MissedRuns {
        /** One run stands for all that were missed. */
        RUN_ONCE,
        /** They are noted and left out. */
        SKIP
    }

    /** What becomes of a firing whose predecessor has not ended. */
    public enum Overlap {
        /** It is noted and left out. */
        SKIP,
        /** It is started all the same, and stands in line where its kind does. */
        QUEUE
    }
}
