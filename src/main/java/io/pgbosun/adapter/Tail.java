package io.pgbosun.adapter;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/** Reads a stream to its end on a virtual thread and keeps the last of it. */
final class Tail {
    private static final int KEPT_BYTES = 16 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread reader;
    private byte[] kept = new byte[0];

    Tail(InputStream stream) {
        this(stream, null);
    }

    /** With a pattern, only what it finds is kept, a line each. */
    Tail(InputStream stream, Pattern wanted) {
        reader = Thread.ofVirtual().unstarted(() -> read(stream, wanted));
        reader.start();
    }

    private void read(InputStream stream, Pattern wanted) {
        if (wanted == null) {
            read(stream);
        } else {
            pick(stream, wanted);
        }
    }

    private void pick(InputStream stream, Pattern wanted) {
        try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                var found = wanted.matcher(line);
                if (found.find()) {
                    keep(found.group() + "\n");
                }
            }
        } catch (IOException e) {
            keep(notRead(e));
        }
    }

    private void keep(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        keep(bytes, bytes.length);
    }

    private static String notRead(IOException e) {
        return "(its output could not be read: " + e.getMessage() + ")";
    }

    private void read(InputStream stream) {
        var buffer = new byte[8 * 1024];
        try (stream) {
            for (int length; (length = stream.read(buffer)) >= 0; ) {
                keep(buffer, length);
            }
        } catch (IOException e) {
            keep(notRead(e));
        }
    }

    private void keep(byte[] bytes, int length) {
        lock.lock();
        try {
            var all = new ByteArrayOutputStream(kept.length + length);
            all.writeBytes(kept);
            all.write(bytes, 0, length);
            var whole = all.toByteArray();
            kept = whole.length <= KEPT_BYTES
                    ? whole
                    : Arrays.copyOfRange(whole, whole.length - KEPT_BYTES, whole.length);
        } finally {
            lock.unlock();
        }
    }

    /** What was kept, once the stream has ended; without waiting for ever, since a stray child may hold it open. */
    String text(Duration patience) throws InterruptedException {
        reader.join(patience);
        lock.lock();
        try {
            return new String(kept, StandardCharsets.UTF_8);
        } finally {
            lock.unlock();
        }
    }
}
