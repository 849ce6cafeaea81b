package io.pgbosun.api.rest;

import io.pgbosun.operation.StartOptions;
import io.pgbosun.problem.Problem;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** What every call that starts an operation takes beside its body. */
public class StartParams {
    private static final int LAST_YEAR = 9999;

    static final int LONGEST_TIME = 40;

    @HeaderParam("Idempotency-Key")
    @Parameter(
            description =
                    "The same key and request again answer the same operation, through any door. Bare or as a quoted string.",
            schema =
                    @Schema(
                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                            maxLength = 257))
    String idempotencyKey;

    @QueryParam("preview")
    @Parameter(
            description = "true answers 200 with the plan, and changes nothing.",
            schema = @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.BOOLEAN))
    String preview;

    @QueryParam("reason")
    @Parameter(
            description = "Why it is done, for the audit trail.",
            schema =
                    @Schema(
                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                            maxLength = 500))
    String reason;

    @QueryParam("planDigest")
    @Parameter(
            description = "The digest of a preview: refused with plan-drifted when the facts have changed.",
            schema =
                    @Schema(
                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                            maxLength = 64))
    String planDigest;

    @QueryParam("startTime")
    @Parameter(
            description = "Not before this time (RFC 3339).",
            schema =
                    @Schema(
                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                            format = "date-time",
                            maxLength = LONGEST_TIME))
    String startTime;

    @QueryParam("startDeadline")
    @Parameter(
            description = "EXPIRED when it has not begun by then (RFC 3339).",
            schema =
                    @Schema(
                            type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.STRING,
                            format = "date-time",
                            maxLength = LONGEST_TIME))
    String startDeadline;

    @QueryParam("onConflict")
    @Parameter(
            description = "When something else is at work there: stand in line, or be refused with busy.",
            schema = @Schema(implementation = StartOptions.OnConflict.class))
    String onConflict;

    boolean previewed() {
        return Params.bool("preview", preview, false);
    }

    StartOptions options() {
        return new StartOptions(
                key(idempotencyKey),
                reason,
                planDigest,
                time("startTime", startTime),
                time("startDeadline", startDeadline),
                Params.constant(StartOptions.OnConflict.class, "onConflict", onConflict),
                null);
    }

    /** The draft of the IETF asks for a quoted string of RFC 8941; a bare one is taken as well. */
    static String key(String header) {
        if (header == null || !header.startsWith("\"")) {
            return header;
        }
        if (header.length() < 2 || !header.endsWith("\"")) {
            throw Problem.invalid("Idempotency-Key", "must be a quoted string or a bare one", "Close the quotes.");
        }
        return header.substring(1, header.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
    }

    static Instant time(String name, String text) {
        try {
            var time = text == null ? null : OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
            if (time == null || (time.getYear() > 0 && time.getYear() <= LAST_YEAR)) {
                return time == null ? null : time.toInstant();
            }
        } catch (DateTimeException e) {
            // said below, as of a year that RFC 3339 does not have
        }
        throw Problem.invalid(
                name, "must be a time of RFC 3339 such as 2026-11-20T03:00:00Z", "Change the value and send it again.");
    }
}
