package io.pgbosun.adapter;

import io.pgbosun.host.Progress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads from the log of a backup how far it is, and tells it about once a second. */
final class BackRestProgress extends LineStream {
    private static final Pattern COPIED = Pattern.compile("backup file .*, (\\d+)(?:[.]\\d+)?%\\)");
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<Progress> to;
    private long toldAt = System.nanoTime() - EVERY_NANOS;

    BackRestProgress(Consumer<Progress> to) {
        this.to = to;
    }

    @Override
    void read(String text) {
        var copied = COPIED.matcher(text);
        if (copied.find() && System.nanoTime() - toldAt >= EVERY_NANOS) {
            toldAt = System.nanoTime();
            to.accept(new Progress("copying", Long.parseLong(copied.group(1)), 100, "percent", "pgbackrest"));
        }
    }
}
