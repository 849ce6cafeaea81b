package io.pgbosun.adapter;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** What holds the bytes of a part while it is sent; closing it twice is fine. */
sealed interface PartRoom extends AutoCloseable {
    void add(byte[] bytes, int start, int length);

    /** From the first byte, as often as wanted. */
    InputStream open();

    @Override
    void close();

    /** Memory, which grows with what is added. */
    final class Memory implements PartRoom {
        /** Gives its bytes without a copy. */
        private static final class Bytes extends ByteArrayOutputStream {
            private static final int START_BYTES = 64 * 1024;

            Bytes() {
                super(START_BYTES);
            }

            ByteBuffer view() {
                return ByteBuffer.wrap(buf, 0, count);
            }

            InputStream reader() {
                return new ByteArrayInputStream(buf, 0, count);
            }
        }

        private final Runnable release;
        private Bytes bytes = new Bytes();

        Memory(Runnable release) {
            this.release = release;
        }

        @Override
        public synchronized void add(byte[] added, int start, int length) {
            bytes.write(added, start, length);
        }

        synchronized ByteBuffer view() {
            return bytes.view();
        }

        @Override
        public synchronized InputStream open() {
            return bytes.reader();
        }

        @Override
        public synchronized void close() {
            if (bytes != null) {
                bytes = null;
                release.run();
            }
        }
    }

    /** A file, removed when closed. */
    final class Spool implements PartRoom {
        private static final String WRITTEN = "cannot be written";

        private final Path file;
        private final OutputStream output;

        Spool(Path file) {
            this.file = file;
            output = IoProblem.asking(file, WRITTEN, () -> Files.newOutputStream(file));
        }

        Path file() {
            return file;
        }

        @Override
        public void add(byte[] added, int start, int length) {
            IoProblem.doing(file, WRITTEN, () -> output.write(added, start, length));
        }

        @Override
        public InputStream open() {
            return IoProblem.asking(file, "cannot be read", () -> Files.newInputStream(file));
        }

        @Override
        public void close() {
            IoProblem.doing(file, "cannot be removed", () -> {
                output.close();
                Files.deleteIfExists(file);
            });
        }
    }
}
