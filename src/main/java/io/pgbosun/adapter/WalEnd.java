package io.pgbosun.adapter;

import io.pgbosun.host.Lsn;
import io.pgbosun.host.WalTail;
import io.pgbosun.problem.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads the WAL in a data directory from some position to its end, with {@code pg_waldump}. */
record WalEnd(Machine machine) {
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");
    private static final int TIMELINE_DIGITS = 8;
    private static final Pattern RECORD =
            Pattern.compile("len \\(rec/tot\\): +\\d+/ *(\\d+), .*lsn: ([0-9A-F]+/[0-9A-F]+), ");
    private static final Pattern COMMIT =
            Pattern.compile("desc: COMMIT.*? (\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d[.]\\d+)");
    /** How reading ends where the WAL does: what follows in the segment is no record, or there is no further one. */
    private static final Pattern AT_THE_END =
            Pattern.compile("error in WAL record at|could not find a valid record after|could not find file"
                    + "|header specifies 0 bytes");
    /** What the second number in a segment's name counts within. */
    private static final long LOGICAL_FILE = 1L << 32;

    /** Records begin at multiples of this. */
    private static final long ALIGNMENT = 8;

    WalTail after(Path dataDirectory, Lsn position) {
        var wal = dataDirectory.resolve("pg_wal");
        var names = machine.files().names(wal);
        var timeline = timeline(wal, names);
        var first = segment(timeline, position, new ControlData(machine).walSegmentSize(dataDirectory));
        if (!names.contains(first)) {
            return new WalTail(position, 0, null);
        }
        var last = names.stream()
                .filter(name -> SEGMENT.matcher(name).matches() && name.startsWith(prefix(timeline)))
                .max(Comparator.naturalOrder())
                .orElse(first);
        var tail = new TailStream(position);
        // without names it may look for the size of segments in one that was made and not yet written
        var outcome = machine.program("pg_waldump", List.of("--path=" + wal, "--start=" + position, first, last))
                .inUtc()
                .writingTo(tail)
                .run();
        if (outcome.exitCode() != 0 && !AT_THE_END.matcher(outcome.errors()).find()) {
            outcome.orThrow();
        }
        return new WalTail(tail.end, tail.commits, tail.lastCommit);
    }

    private static String prefix(int timeline) {
        return String.format(Locale.ROOT, "%08X", timeline);
    }

    /** The name of the segment that holds a position (XLogFileName of PostgreSQL). */
    private static String segment(int timeline, Lsn position, long size) {
        var number = position.position() / size;
        var perFile = LOGICAL_FILE / size;
        return prefix(timeline) + String.format(Locale.ROOT, "%08X%08X", number / perFile, number % perFile);
    }

    int timeline(Path dataDirectory) {
        var wal = dataDirectory.resolve("pg_wal");
        return timeline(wal, machine.files().names(wal));
    }

    private static int timeline(Path wal, List<String> names) {
        return names.stream()
                .filter(name -> SEGMENT.matcher(name).matches())
                .map(name -> Integer.parseUnsignedInt(name.substring(0, TIMELINE_DIGITS), 16))
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> Problem.notPossible("'" + wal + "' holds no WAL."));
    }

    /** Counts what goes by. */
    private static final class TailStream extends LineStream {
        private final Lsn position;
        private Lsn end;
        private long commits;
        private Instant lastCommit;

        private TailStream(Lsn position) {
            this.position = position;
            end = position;
        }

        @Override
        void read(String text) {
            var record = RECORD.matcher(text);
            if (!record.find()) {
                return;
            }
            var start = Lsn.parse(record.group(2));
            if (start.compareTo(position) < 0) {
                return;
            }
            var length = Long.parseLong(record.group(1));
            end = new Lsn((start.position() + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
            var commit = COMMIT.matcher(text);
            if (commit.find()) {
                commits++;
                lastCommit = LocalDateTime.parse(commit.group(1) + "T" + commit.group(2))
                        .toInstant(ZoneOffset.UTC);
            }
        }
    }
}
