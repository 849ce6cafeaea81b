package io.pgbosun.adapter;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose end is reached only when a look at what it came from has found nothing wrong: a half is never taken for the whole. */
class EndCheckedStream extends FilterInputStream {
    private final Runnable look;
    private boolean whole;

    /**
     * Over the bytes.
     *
     * @param look throws when what was read is not to be taken
     */
    EndCheckedStream(InputStream bytes, Runnable look) {
        super(bytes);
        this.look = look;
    }

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
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        if (read < 0 && !whole) {
            look.run();
            whole = true;
        }
        return read;
    }
}
