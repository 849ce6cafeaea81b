package io.pgbosun.schedule;

import io.pgbosun.schedule.Schedule.MissedRuns;
import io.pgbosun.schedule.Schedule.Overlap;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A change of when a schedule fires; what is null stays as it is. What it starts, and on what, does not change. */
@Schema(description = "A change of when a schedule fires; what is left out stays as it is.")
public record UpdateSchedule(
        @Size(max = 100) String cron,
        @Size(max = 50) String zone,
        @Min(0) @Max(3_600) Integer jitterSeconds,
        MissedRuns missedRuns,
        @Min(60) @Max(86_400) Integer graceSeconds,
        Overlap overlap,

        @Schema(description = "true pauses it, false lets it go on; what it would have fired meanwhile is not missed.")
        Boolean paused) {}
