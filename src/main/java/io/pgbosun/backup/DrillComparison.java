package io.pgbosun.backup;

import io.pgbosun.backup.Drill.CountedTable;
import io.pgbosun.backup.Drill.DatabaseSize;
import io.pgbosun.backup.Drill.DrillContent;
import io.pgbosun.backup.Drill.DrillFinding;
import io.pgbosun.backup.Drill.DrillFinding.Type;
import io.pgbosun.host.InstalledExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How what a drill found differs from what the drill before found.
 *
 * @param with the drill before; null when there was none to compare with
 */
record DrillComparison(UUID with, List<DrillFinding> findings) {
    static final DrillComparison NONE = new DrillComparison(null, List.of());

    /** Finds what is missing or has shrunk by more than so many percent; what is new or has grown is as it should be. */
    static DrillComparison of(Drill before, DrillContent now, int maxShrinkPercent) {
        var findings = new ArrayList<DrillFinding>();
        databases(before.content(), now, maxShrinkPercent, findings);
        tables(before.content(), now, maxShrinkPercent, findings);
        extensions(before.content(), now, findings);
        before.content().roles().stream()
                .filter(role -> !now.roles().contains(role))
                .forEach(role -> findings.add(new DrillFinding(Type.ROLE_MISSING, "role " + role + " is missing")));
        return new DrillComparison(before.id(), List.copyOf(findings));
    }

    private static void databases(DrillContent before, DrillContent now, int max, List<DrillFinding> findings) {
        var sizes = by(now.databases(), DatabaseSize::name);
        for (var database : before.databases()) {
            var there = sizes.get(database.name());
            if (there == null) {
                findings.add(new DrillFinding(Type.DATABASE_MISSING, "database " + database.name() + " is missing"));
            } else if (shrank(database.sizeBytes(), there.sizeBytes(), max)) {
                findings.add(new DrillFinding(
                        Type.DATABASE_SHRANK,
                        "database %s has %d bytes, and had %d: %s"
                                .formatted(
                                        database.name(),
                                        there.sizeBytes(),
                                        database.sizeBytes(),
                                        less(database.sizeBytes(), there.sizeBytes(), max))));
            }
        }
    }

    private static void tables(DrillContent before, DrillContent now, int max, List<DrillFinding> findings) {
        var rows = by(now.tables(), DrillComparison::name);
        for (var table : before.tables()) {
            var there = rows.get(name(table)); // one that nobody counted now is no finding
            if (there != null && shrank(table.rows(), there.rows(), max)) {
                findings.add(new DrillFinding(
                        Type.TABLE_SHRANK,
                        "table %s has %d rows, and had %d: %s"
                                .formatted(
                                        name(table),
                                        there.rows(),
                                        table.rows(),
                                        less(table.rows(), there.rows(), max))));
            }
        }
    }

    /** Those of a database that is missing are told with it. */
    private static void extensions(DrillContent before, DrillContent now, List<DrillFinding> findings) {
        var databases = by(now.databases(), DatabaseSize::name);
        var there = by(now.extensions(), DrillComparison::name);
        before.extensions().stream()
                .filter(extension -> databases.containsKey(extension.database()))
                .filter(extension -> !there.containsKey(name(extension)))
                .forEach(extension -> findings.add(new DrillFinding(
                        Type.EXTENSION_MISSING,
                        "extension %s is missing in database %s".formatted(extension.name(), extension.database()))));
    }

    private static String name(CountedTable table) {
        return table.database() + "." + table.table();
    }

    private static String name(InstalledExtension extension) {
        return extension.database() + " " + extension.name();
    }

    private static boolean shrank(long before, long now, int maxPercent) {
        return before - now > before / 100.0 * maxPercent;
    }

    private static String less(long before, long now, int maxPercent) {
        return "%d %% less, and at most %d %% are allowed"
                .formatted(Math.round((before - now) * 100.0 / before), maxPercent);
    }

    private static <T> Map<String, T> by(List<T> all, Function<T, String> name) {
        return all.stream().collect(Collectors.toMap(name, Function.identity(), (one, other) -> one));
    }
}
