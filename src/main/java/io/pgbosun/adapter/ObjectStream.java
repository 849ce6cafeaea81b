package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * An object that is read, from its first byte to its last: where it breaks off it is taken up again, so that an hour's
 * reading survives a broken connection. Says what is wrong by a problem.
 */
final class ObjectStream extends InputStream {
    /** The same object, from a position on; a problem when it cannot be read. */
    interface Source {
        InputStream from(long position);
    }

    private static final Logger LOG = Logger.getLogger(ObjectStream.class);
    private static final int MOST_BREAKS = 3;

    private final String object;
    private final long sizeBytes;
    private final Source source;
    private final Function<Exception, RuntimeException> problem;
    private final Work work = Work.current().orElse(null);
    private InputStream current;
    private long position;

    ObjectStream(
            String object,
            long sizeBytes,
            InputStream first,
            Source source,
            Function<Exception, RuntimeException> problem) {
        this.object = object;
        this.sizeBytes = sizeBytes;
        current = first;
        this.source = source;
        this.problem = problem;
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (position == sizeBytes || length == 0) {
            return length == 0 ? 0 : -1;
        }
        for (int breaks = 0; ; breaks++) {
            try {
                return readSome(bytes, offset, (int) Math.min(length, sizeBytes - position));
            } catch (IOException | RuntimeException e) {
                takeUp(e, breaks);
            }
        }
    }

    private int readSome(byte[] bytes, int offset, int length) throws IOException {
        goOn();
        int read = current.read(bytes, offset, length);
        if (read <= 0) {
            throw new EOFException("it ends after " + position + " of " + sizeBytes + " bytes");
        }
        position += read;
        return read;
    }

    private void takeUp(Exception broken, int breaks) {
        goOn();
        if (breaks == MOST_BREAKS) {
            throw problem.apply(broken);
        }
        LOG.debugf(broken, "%s is taken up again at byte %d", object, position);
        close();
        current = source.from(position);
    }

    private void goOn() {
        if (work != null && work.ended()) {
            throw StoreProblem.ended(object + " is not read to its end");
        }
    }

    @Override
    public void close() {
        try {
            current.close();
        } catch (IOException | RuntimeException e) {
            LOG.debugf(e, "closing %s, of which nothing more is wanted", object);
        }
    }
}
