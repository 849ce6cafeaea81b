package io.pgbosun.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.pgbosun.cluster.Labels;
import io.pgbosun.cluster.Names;
import io.pgbosun.schedule.Schedule.MissedRuns;
import io.pgbosun.schedule.Schedule.Overlap;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a new schedule is to be; either a target or a selector is given. */
@Schema(description = "What a new schedule is to be; either a target or a selector is given.")
public record CreateSchedule(
        @NotNull @Pattern(regexp = Names.LABEL, message = Names.LABEL_RULE)
        String name,

        @NotNull @Size(max = 63) @Schema(description = "What is started, such as backup.")
        String kind,

        @Schema(
                description = "Its parameters, as its own route takes them; all defaults when left out.",
                implementation = Object.class,
                type = SchemaType.OBJECT)
        JsonNode spec,

        @Size(max = 100) @Schema(description = "On what, such as clusters/orders.")
        String target,

        @Labels @Schema(description = "On all clusters that have these labels when it fires; at least one.")
        Map<String, String> selector,

        @NotNull
        @Size(max = 100)
        @Schema(description = "Five fields: minute, hour, day of the month, month, day of the week.")
        String cron,

        @Size(max = 50) @Schema(description = "The time zone in which the cron is read (IANA); UTC when left out.")
        String zone,

        @Min(0)
        @Max(3_600)
        @Schema(description = "Each firing comes up to so much later, the same on every service; 0 when left out.")
        Integer jitterSeconds,

        @Schema(description = "RUN_ONCE when left out.") MissedRuns missedRuns,

        @Min(60)
        @Max(86_400)
        @Schema(description = "A firing that comes later than this was missed; 300 when left out.")
        Integer graceSeconds,

        @Schema(description = "SKIP when left out.") Overlap overlap,
        @Schema(description = "false when left out.") Boolean paused) {

    public CreateSchedule {
        spec = spec == null || spec.isNull() ? JsonNodeFactory.instance.objectNode() : spec;
        selector = selector == null || selector.isEmpty() ? null : selector;
        zone = zone == null ? "UTC" : zone;
        jitterSeconds = jitterSeconds == null ? 0 : jitterSeconds;
        missedRuns = missedRuns == null ? MissedRuns.RUN_ONCE : missedRuns;
        graceSeconds = graceSeconds == null ? 300 : graceSeconds;
        overlap = overlap == null ? Overlap.SKIP : overlap;
        paused = paused != null && paused;
    }
}
