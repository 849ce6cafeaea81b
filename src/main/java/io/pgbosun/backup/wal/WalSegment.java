package io.pgbosun.backup.wal;

import io.pgbosun.host.Lsn;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One segment of the WAL.
 *
 * @param number counts the segments from the beginning of the WAL, from 0
 */
public record WalSegment(int timeline, long number) {
    private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}");
    /** What the second number in a name counts. */
    private static final long LOG_BYTES = 1L << 32;

    /** The segment of a file's name; empty for a name of something else. */
    public static Optional<WalSegment> parse(String name, long segmentBytes) {
        if (!isName(name)) {
            return Optional.empty();
        }
        var timeline = Integer.parseUnsignedInt(name.substring(0, 8), 16);
        var log = Long.parseLong(name.substring(8, 16), 16);
        var within = Long.parseLong(name.substring(16), 16);
        return within < LOG_BYTES / segmentBytes
                ? Optional.of(new WalSegment(timeline, log * (LOG_BYTES / segmentBytes) + within))
                : Optional.empty();
    }

    /** Whether a file of this name is a segment. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The number of the segment that a position is in. */
    public static long numberOf(Lsn lsn, long segmentBytes) {
        return Long.divideUnsigned(lsn.position(), segmentBytes);
    }

    public String name(long segmentBytes) {
        var inLog = LOG_BYTES / segmentBytes;
        return "%08X%08X%08X".formatted(timeline, number / inLog, number % inLog);
    }

    /** Where it begins. */
    public Lsn start(long segmentBytes) {
        return new Lsn(number * segmentBytes);
    }

    /** Where the next one begins. */
    public Lsn end(long segmentBytes) {
        return new Lsn((number + 1) * segmentBytes);
    }
}
