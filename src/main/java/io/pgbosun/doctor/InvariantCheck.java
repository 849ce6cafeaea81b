package io.pgbosun.doctor;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What became of one invariant.
 *
 * @param id such as {@code I2}
 * @param verdict the worst of its findings
 * @param examinedCount how many things were looked at
 * @param findings the first of them
 * @param moreCount how many findings there are beside those shown
 */
@Schema(description = "Whether one invariant holds, and what speaks against it.")
public record InvariantCheck(
        @Schema(description = "Such as I2.") String id,

        @Schema(description = "What must be true.") String title,

        InvariantVerdict verdict,

        @Schema(description = "How many things were looked at.")
        long examinedCount,

        @Schema(description = "What speaks against it, the first 20.")
        List<Finding> findings,

        @Schema(description = "How many findings there are beside those shown.")
        int moreCount) {}
