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
            Pattern.compile("error in WAL record at|could not find a valid record after|could not find file");
    /** Records begin at multiples of this. */
    private static final long ALIGNMENT = 8;

    WalTail after(Path dataDirectory, Lsn position) {
        var wal = dataDirectory.resolve("pg_wal");
        var tail = new TailStream(position);
        var outcome = machine.program(
                        "pg_waldump",
                        List.of("--path=" + wal, "--timeline=" + timeline(dataDirectory), "--start=" + position))
                .inUtc()
                .writingTo(tail)
                .run();
        if (outcome.exitCode() != 0 && !AT_THE_END.matcher(outcome.errors()).find()) {
            outcome.orThrow();
        }
        return new WalTail(tail.end, tail.commits, tail.lastCommit);
    }

    int timeline(Path dataDirectory) {
        var wal = dataDirectory.resolve("pg_wal");
        return machine.files().names(wal).stream()
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
