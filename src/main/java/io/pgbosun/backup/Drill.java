package io.pgbosun.backup;

import io.pgbosun.host.InstalledExtension;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A restore that was made only to prove a backup. */
@Schema(description = "A restore that was made only to prove a backup.")
public record Drill(
        UUID id,
        String cluster,
        UUID backup,

        @Schema(description = "Whether it was restored, every assertion held and the comparison found nothing.")
        boolean passed,

        List<AssertionResult> assertions,

        @Schema(description = "Seconds from the start to the first query that was answered; 0 when none was.")
        double recoverySeconds,

        @Schema(description = "Age of the restored data when the drill began, in seconds: what would have been lost.")
        double dataAgeSeconds,

        Instant startTime,
        Instant endTime,

        @Schema(description = "Why there was nothing to look at; null when it was restored.")
        String failure,

        @Schema(description = "What was there; null when it was not restored, and in drills from before.")
        DrillContent content,

        @Schema(
                description =
                        "The drill that it was compared with: the one before that passed; null when there was none.")
        UUID comparedWith,

        @Schema(description = "What was there in that one, and is missing or much smaller now.")
        List<DrillFinding> findings) {

    public Drill {
        findings = findings == null ? List.of() : findings;
    }

    /** How one assertion came out. */
    @Schema(description = "How one assertion came out.")
    public record AssertionResult(
            String assertion,
            boolean passed,
            String seen,

            @Schema(description = "Rows that were counted, for ROW_COUNT.")
            Long rows) {

        AssertionResult(String assertion, boolean passed, String seen) {
            this(assertion, passed, seen, null);
        }
    }

    /** What was in a restored server. */
    @Schema(description = "What was in a restored server.")
    public record DrillContent(
            List<DatabaseSize> databases,

            @Schema(description = "Those that an assertion counted.")
            List<CountedTable> tables,

            List<InstalledExtension> extensions,

            @Schema(description = "Roles besides PostgreSQL's own; none when the backup holds none.")
            List<String> roles) {}

    /** How large a restored database was. */
    @Schema(description = "How large a restored database was.")
    public record DatabaseSize(String name, long sizeBytes) {}

    /** How many rows a table had. */
    @Schema(description = "How many rows a table had.")
    public record CountedTable(String database, String table, long rows) {}

    /** Something that the drill before had, and this one has not. */
    @Schema(description = "Something that the drill before had, and this one has not.")
    public record DrillFinding(Type type, String detail) {
        /** What is missing. */
        @Schema(name = "DrillFindingType")
        public enum Type {
            /** A database is smaller by more than was allowed. */
            DATABASE_SHRANK,
            /** A table has fewer rows by more than was allowed. */
            TABLE_SHRANK,
            DATABASE_MISSING,
            EXTENSION_MISSING,
            ROLE_MISSING
        }
    }
}
