package io.pgbosun.adapter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;

/** Contents for tests of stores. */
final class Streams {
    static final int MIB = 1024 * 1024;

    /** Happens when so much of a stream was read. */
    interface Event {
        void happen() throws IOException;
    }

    private Streams() {}

    /** No two of them are alike. */
    static byte[] bytes(int size, long seed) {
        var bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static InputStream of(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    /** The event happens before the first byte of the second is read. */
    static InputStream between(byte[] first, Event event, byte[] second) {
        var happening = new InputStream() {
            @Override
            public int read() throws IOException {
                event.happen();
                return -1;
            }
        };
        return new SequenceInputStream(new SequenceInputStream(of(first), happening), of(second));
    }
}
