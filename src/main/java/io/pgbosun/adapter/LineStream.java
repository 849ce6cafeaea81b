package io.pgbosun.adapter;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Takes what a program writes, a line at a time. */
abstract class LineStream extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public final void write(int one) {
        if (one == '\n') {
            read(line.toString(StandardCharsets.UTF_8));
            line.reset();
        } else {
            line.write(one);
        }
    }

    abstract void read(String text);
}
