package io.pgbosun.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pgbosun.cluster.Names;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Something that must be true of what was restored. */
@Schema(description = "Something that must be true of what was restored.")
public record Assertion(
        @NotNull Type type,

        @NotNull @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        String database,

        @Pattern(regexp = Names.QUALIFIED, message = Names.QUALIFIED_RULE)
        @Schema(description = "For ROW_COUNT and FRESHNESS.")
        String table,

        @Pattern(regexp = Names.IDENTIFIER, message = Names.IDENTIFIER_RULE)
        @Schema(description = "For FRESHNESS: a timestamp column.")
        String column,

        @Min(0) @Schema(description = "For ROW_COUNT.") Long atLeast,

        @Min(1) @Schema(description = "For FRESHNESS: how old the newest value may be, in seconds.")
        Long maxAgeSeconds,

        @Size(max = 10_000)
        @Schema(description = "For SQL: a query, run read only; the first column of its first row counts.")
        String query,

        @Size(max = 1_000) @Schema(description = "For SQL: what it must be, as text; 't' when left out.")
        String expected) {

    /** What is asserted. */
    @Schema(name = "AssertionType")
    public enum Type {
        /** The table has at least so many rows. */
        ROW_COUNT,
        /** The newest value of a timestamp column is young enough. */
        FRESHNESS,
        /** amcheck finds nothing wrong with any B-tree index or table. */
        AMCHECK,
        /** A query gives the expected value. */
        SQL
    }

    @AssertTrue(
            message =
                    "type: ROW_COUNT needs table and atLeast; FRESHNESS needs table, column and maxAgeSeconds; SQL needs query")
    @JsonIgnore
    @Schema(hidden = true)
    public boolean isWhole() {
        return type == null
                || switch (type) {
                    case ROW_COUNT -> table != null && atLeast != null;
                    case FRESHNESS -> table != null && column != null && maxAgeSeconds != null;
                    case AMCHECK -> true;
                    case SQL -> query != null;
                };
    }

    /** Says it in one line. */
    String sentence() {
        return switch (type) {
            case ROW_COUNT -> "%s.%s has at least %d rows".formatted(database, table, atLeast);
            case FRESHNESS ->
                "newest %s of %s.%s is at most %d s old".formatted(column, database, table, maxAgeSeconds);
            case AMCHECK -> "amcheck finds nothing wrong in " + database;
            case SQL -> "%s: %s is %s".formatted(database, query, expected == null ? "t" : expected);
        };
    }
}
