package io.pgbosun.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How many backups are kept. Each number counts hours, days, … that have a backup, the latest first, and keeps the newest
 * one of each: where no more backups are taken, none goes.
 */
@Schema(description = "How many backups are kept; of the hours, days and so on that have a backup, the latest count.")
public record RetentionRule(
        @Min(0) @Max(10_000) @Schema(description = "The newest ones; 0 when left out.")
        Integer keepLast,

        @Min(0) @Max(10_000) @Schema(description = "The newest one of each of so many hours; 0 when left out.")
        Integer hourly,

        @Min(0) @Max(10_000) @Schema(description = "The newest one of each of so many days; 0 when left out.")
        Integer daily,

        @Min(0)
        @Max(10_000)
        @Schema(description = "The newest one of each of so many weeks, which begin on Monday; 0 when left out.")
        Integer weekly,

        @Min(0) @Max(10_000) @Schema(description = "The newest one of each of so many months; 0 when left out.")
        Integer monthly,

        @Min(0) @Max(10_000) @Schema(description = "The newest one of each of so many years; 0 when left out.")
        Integer yearly,

        @Min(0) @Max(36_500) @Schema(description = "All that are younger than so many days are kept; 0 when left out.")
        Integer minimumAgeDays,

        @Min(0)
        @Max(36_500)
        @Schema(
                description =
                        "Every moment of so many days can be recovered still, as far as a kept backup reaches back; older archived WAL goes. All of it is kept when left out.")
        Integer walDays,

        @Size(max = 50) @Schema(description = "The time zone in which days begin (IANA); UTC when left out.")
        String zone) {

    public RetentionRule {
        keepLast = keepLast == null ? 0 : keepLast;
        hourly = hourly == null ? 0 : hourly;
        daily = daily == null ? 0 : daily;
        weekly = weekly == null ? 0 : weekly;
        monthly = monthly == null ? 0 : monthly;
        yearly = yearly == null ? 0 : yearly;
        minimumAgeDays = minimumAgeDays == null ? 0 : minimumAgeDays;
        zone = zone == null ? "UTC" : zone;
    }

    @AssertTrue(message = "keepLast: must be at least 1 unless hourly, daily, weekly, monthly or yearly is")
    @Schema(hidden = true)
    @JsonIgnore
    public boolean isKeepingSome() {
        return keepLast > 0 || hourly > 0 || daily > 0 || weekly > 0 || monthly > 0 || yearly > 0;
    }
}
