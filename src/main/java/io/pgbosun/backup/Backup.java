package io.pgbosun.backup;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One recoverable thing, and how sure it is that it can be recovered. */
@Schema(description = "One recoverable thing, and how sure it is that it can be recovered.")
public record Backup(
        UUID id,
        String cluster,
        String repository,
        Type type,
        Confidence confidence,

        @Schema(description = "What the confidence rests on, oldest first.")
        List<Evidence> evidence,

        List<String> databases,
        boolean schemaOnly,

        @Schema(description = "Whether roles and tablespaces are in it.")
        boolean globals,

        long sizeBytes,

        @Schema(description = "The instance it was taken from.")
        String source,

        String serverVersion,

        @Schema(description = "The WAL position at its start.")
        String lsn,

        Instant startTime,
        Instant endTime,

        @Schema(description = "Who wants it kept and why; null when nobody does.")
        BackupHold hold) {

    /** How it was made. */
    @Schema(name = "BackupType")
    public enum Type {
        /** pg_dump. */
        LOGICAL
    }

    /** Why the confidence is what it is. */
    @Schema(description = "Why the confidence is what it is.")
    public record Evidence(Confidence level, Instant at, UUID operation, String detail) {}
}
