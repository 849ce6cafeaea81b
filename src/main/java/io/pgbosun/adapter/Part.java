package io.pgbosun.adapter;

import java.io.InputStream;
import java.time.Duration;
import java.util.Base64;

/**
 * One part of an object on its way to a store; closed, it gives its place to another one.
 *
 * @param number from 1
 * @param md5 of its bytes, in Base64: the one checksum that every server of S3 and Azure examines
 * @param last whether nothing follows
 */
record Part(int number, PartRoom room, long sizeBytes, String md5, boolean last) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SLOWEST_BYTES_PER_SECOND = 1024 * 1024;

    /** From its first byte, as often as it must be sent. */
    InputStream open() {
        return room.open();
    }

    byte[] md5Bytes() {
        return Base64.getDecoder().decode(md5);
    }

    /** How long one try to send it may take. */
    Duration limit() {
        return LIMIT.plusSeconds(sizeBytes / SLOWEST_BYTES_PER_SECOND);
    }

    @Override
    public void close() {
        room.close();
    }
}
