package io.pgbosun.host;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A position in the WAL, written as PostgreSQL does: two hexadecimal numbers, {@code 0/16B3748}. */
public record Lsn(long position) implements Comparable<Lsn> {
    @JsonCreator
    public static Lsn parse(String text) {
        var parts = text.split("/", 2);
        return new Lsn((Long.parseLong(parts[0], 16) << 32) | Long.parseLong(parts[1], 16));
    }

    /** Bytes of WAL from the other position up to this one; negative when this one is behind. */
    public long bytesSince(Lsn other) {
        return position - other.position;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(position, other.position);
    }

    @Override
    @JsonValue
    public String toString() {
        return "%X/%X".formatted(position >>> 32, position & 0xFFFF_FFFFL);
    }
}
