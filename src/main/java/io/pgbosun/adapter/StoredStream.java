package io.pgbosun.adapter;

import io.pgbosun.host.BackupFiles.Content;
import io.pgbosun.host.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Lets somebody who reads a stream take what somebody else writes. The end of the stream is told only when all was written:
 * a half is never taken for the whole.
 */
final class StoredStream extends PipedInputStream {
    private static final int HELD_BYTES = 1024 * 1024;

    private volatile boolean whole;

    private StoredStream() {
        super(HELD_BYTES);
    }

    /**
     * The reader is on a thread of its own, in the same run; the writer is the caller.
     *
     * @return what the reader answers
     */
    static <T> T through(Content content, Function<InputStream, T> reader) throws IOException {
        var stream = new StoredStream();
        var answer = new CompletableFuture<T>();
        try (var out = new PipedOutputStream(stream)) {
            Thread.startVirtualThread(reading(stream, reader, answer));
            content.to(out);
            stream.whole = true;
        } catch (IOException | RuntimeException e) {
            throw first(e, answer);
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private static <T> Runnable reading(
            StoredStream stream, Function<InputStream, T> reader, CompletableFuture<T> answer) {
        var work = Work.current();
        Runnable read = () -> {
            try (stream) {
                answer.complete(reader.apply(stream));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(
                        e instanceof RuntimeException ? e : new java.io.UncheckedIOException((IOException) e));
            }
        };
        return work.<Runnable>map(run -> () -> run.run(read)).orElse(read);
    }

    /** A writer that cannot go on since the reader has failed tells why the reader has. */
    private static <T> RuntimeException first(Exception writing, CompletableFuture<T> answer) throws IOException {
        if (answer.isCompletedExceptionally()) {
            var reading = (RuntimeException) answer.exceptionNow();
            reading.addSuppressed(writing);
            return reading;
        }
        answer.exceptionally(cutOff -> null).join(); // nothing of it is left
        if (writing instanceof IOException failed) {
            throw failed;
        }
        return (RuntimeException) writing;
    }

    @Override
    public synchronized int read() throws IOException {
        return checked(super.read());
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        return checked(super.read(bytes, offset, length));
    }

    private int checked(int read) throws IOException {
        if (read < 0 && !whole) {
            throw new IOException("what is stored ends before all of it was written");
        }
        return read;
    }
}
