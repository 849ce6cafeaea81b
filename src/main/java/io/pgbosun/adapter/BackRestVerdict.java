package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles.Damage;
import io.pgbosun.host.PgBackRest.BackupSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads what {@code pgbackrest verify} says: it ends with code 0, whatever it has found. */
final class BackRestVerdict extends LineStream {
    private static final Pattern FILE = Pattern.compile("(invalid checksum|file missing|invalid size)[^']* '([^']+)'");
    private static final Pattern STATUS = Pattern.compile("^ *backup: (\\S+), status: ([^,]+)");
    /** {@code 15-1/0000000100000000/000000010000000000000003-…}. */
    private static final Pattern SEGMENT = Pattern.compile("\\d[^/]*/[0-9A-F]{16}/([0-9A-F]{24}).*");

    private final Map<String, Damage> files = new LinkedHashMap<>();
    private final Map<String, String> statuses = new TreeMap<>();

    @Override
    void read(String text) {
        var file = FILE.matcher(text);
        if (file.find()) {
            var path = file.group(2);
            files.put(path, new Damage(path, file.group(1).equals("file missing") ? "missing" : told(file.group(1))));
        }
        var status = STATUS.matcher(text);
        if (status.find()) {
            statuses.put(status.group(1), status.group(2));
        }
    }

    private static String told(String said) {
        return said.equals("invalid checksum") ? "checksum differs" : "size differs";
    }

    /** What is damaged of these backups: their own files, those that they refer to, and the WAL that they need. */
    Map<String, List<Damage>> of(Collection<BackupSet> sets) {
        var damages = new TreeMap<String, List<Damage>>();
        for (var set : sets) {
            var found = new ArrayList<>(files.values().stream()
                    .filter(damage -> concerns(set, damage.path()))
                    .toList());
            var status = statuses.getOrDefault(set.label(), "not looked at");
            if (found.isEmpty() && !status.equals("valid")) {
                found.add(new Damage(set.label(), "status " + status));
            }
            damages.put(set.label(), found);
        }
        return damages;
    }

    private static boolean concerns(BackupSet set, String path) {
        var segment = SEGMENT.matcher(path);
        if (segment.matches()) {
            var name = segment.group(1);
            return name.compareTo(set.firstSegment()) >= 0 && name.compareTo(set.lastSegment()) <= 0;
        }
        return Stream.concat(Stream.of(set.label()), set.references().stream())
                .anyMatch(label -> path.startsWith(label + "/"));
    }
}
