package io.pgbosun.bench;

import io.pgbosun.adapter.RealPgBouncer;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A client that commits one row after the other, comes again when it was cut off, and knows how long it could not commit. */
final class Writer implements AutoCloseable {
    /** Between two tries of a client that was cut off. */
    private static final int RETRY_MILLIS = 20;

    /** So many more rows say that it is at work. */
    private static final int AT_WORK = 50;

    private static final int WAITS_SECONDS = 120;

    private final Stage stage;
    private final String url;
    private final Thread thread = Thread.ofVirtual().unstarted(this::write);
    private volatile boolean over;
    private long count;
    private long last;
    private Gap longest;

    /** Between the last acknowledged commit before and the first one after, by {@link System#nanoTime()}. */
    record Gap(long before, long after) {
        double millis() {
            return millisSince(before);
        }

        /** From a moment to the first commit after. */
        double millisSince(long moment) {
            return (after - moment) / 1e6;
        }
    }

    private Writer(Stage stage, String url) {
        this.stage = stage;
        this.url = url;
        thread.start();
    }

    private void write() {
        while (!over) {
            try (var connection = DriverManager.getConnection(url, RealPgBouncer.USER, RealPgBouncer.PASSWORD);
                    var statement = connection.createStatement()) {
                while (!over) {
                    statement.execute("insert into written default values");
                    acknowledged();
                }
            } catch (SQLException cutOff) {
                Service.pause(RETRY_MILLIS);
            }
        }
    }

    private synchronized void acknowledged() {
        var gap = new Gap(last, System.nanoTime());
        if (longest == null || gap.millis() > longest.millis()) {
            longest = gap;
        }
        last = gap.after();
        count++;
    }

    private synchronized long count() {
        return count;
    }

    private void awaitMore() {
        var wanted = count() + AT_WORK;
        stage.await("commits", WAITS_SECONDS, () -> count() >= wanted);
    }

    private synchronized Gap takeLongest() {
        var taken = longest;
        longest = null;
        return taken;
    }

    /** The longest time without a commit from when something is done until one commits again. */
    static Gap during(Stage stage, String url, Runnable change) {
        try (var writer = new Writer(stage, url)) {
            writer.awaitMore();
            writer.takeLongest();
            change.run();
            writer.awaitMore();
            return writer.takeLongest();
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
