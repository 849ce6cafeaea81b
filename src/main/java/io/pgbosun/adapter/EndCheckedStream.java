package io.pgbosun.adapter;

import java.io.IOException;
import java.io.InputStream;

/** A stream whose end is reached only when a look at what it came from has found nothing wrong: a half is never taken for the whole. */
abstract class EndCheckedStream extends InputStream {
    private final InputStream bytes;
    private boolean whole;

    EndCheckedStream(InputStream bytes) {
        this.bytes = bytes;
    }

    /** Throws when what was read is not to be taken; asked once, at the end. */
    abstract void look();

    /** Whether it was read to its end, and nothing was wrong. */
    final boolean isWhole() {
        return whole;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = bytes.read(into, offset, length);
        if (read < 0 && !whole) {
            look();
            whole = true;
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
