package io.pgbosun.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgbosun.backup.Drill.CountedTable;
import io.pgbosun.backup.Drill.DatabaseSize;
import io.pgbosun.backup.Drill.DrillContent;
import io.pgbosun.backup.Drill.DrillFinding;
import io.pgbosun.host.InstalledExtension;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DrillComparisonTest {
    private static final DrillContent WHOLE = content(1000, 100, List.of("amcheck", "pg_trgm"), List.of("app", "ada"));

    private static DrillContent content(long bytes, long rows, List<String> extensions, List<String> roles) {
        return new DrillContent(
                List.of(new DatabaseSize("shop", bytes)),
                List.of(new CountedTable("shop", "orders", rows)),
                extensions.stream()
                        .map(name -> new InstalledExtension("shop", name, "1.0"))
                        .toList(),
                roles);
    }

    private static List<String> found(DrillContent before, DrillContent now, int max) {
        var drill = new Drill(
                new UUID(0, 1),
                "orders",
                new UUID(0, 2),
                true,
                null,
                1,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                before,
                null,
                null);
        var comparison = DrillComparison.of(drill, now, max);
        assertEquals(drill.id(), comparison.with());
        return comparison.findings().stream().map(DrillFinding::detail).toList();
    }

    @Test
    void the_same_again_and_what_has_grown_is_no_finding() {
        assertEquals(List.of(), found(WHOLE, WHOLE, 1));
        var more = content(9000, 900, List.of("amcheck", "pg_trgm", "cube"), List.of("ada", "app", "new"));
        assertEquals(List.of(), found(WHOLE, more, 1));
    }

    @Test
    void what_shrank_is_told_from_beyond_the_limit_on() {
        var roles = WHOLE.roles();
        var extensions = List.of("amcheck", "pg_trgm");
        assertEquals(List.of(), found(WHOLE, content(500, 50, extensions, roles), 50));
        assertEquals(
                List.of(
                        "database shop has 499 bytes, and had 1000: 50 % less, and at most 50 % are allowed",
                        "table shop.orders has 49 rows, and had 100: 51 % less, and at most 50 % are allowed"),
                found(WHOLE, content(499, 49, extensions, roles), 50));
        assertEquals(List.of(), found(WHOLE, content(0, 0, extensions, roles), 100), "all of it may go");
        assertEquals(
                1,
                found(content(0, 2, extensions, roles), content(0, 0, extensions, roles), 99)
                        .size());
    }

    @Test
    void a_table_that_nobody_counts_now_is_no_finding() {
        var uncounted = new DrillContent(WHOLE.databases(), List.of(), WHOLE.extensions(), WHOLE.roles());
        assertEquals(List.of(), found(WHOLE, uncounted, 50));
    }

    @Test
    void extensions_and_roles_that_vanished_are_named() {
        assertEquals(
                List.of("role ada is missing", "extension pg_trgm is missing in database shop")
                        .reversed(),
                found(WHOLE, content(1000, 100, List.of("amcheck"), List.of("app")), 50));
    }

    @Test
    void a_database_that_vanished_is_named_without_what_was_in_it() {
        assertEquals(
                List.of("database shop is missing"),
                found(WHOLE, new DrillContent(List.of(), List.of(), List.of(), WHOLE.roles()), 50));
    }
}
