package io.pgbosun.doctor;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One thing that is not as it should be.
 *
 * @param verdict WARN or FAIL
 * @param subject what it is about, such as {@code operations/<id>} or a path
 * @param seen what was seen there
 * @param remedy what to do about it
 */
@Schema(description = "One thing that is not as it should be, and what to do about it.")
public record Finding(
        InvariantVerdict verdict,

        @Schema(description = "What it is about: an operation, a file, a replication slot.")
        String subject,

        @Schema(description = "What was seen there.") String seen,
        @Schema(description = "What to do about it.") String remedy) {}
