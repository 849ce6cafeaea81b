package io.pgbosun.process;

import io.pgbosun.adapter.AzureServer;
import io.pgbosun.adapter.S3Server;
import io.pgbosun.fire.Scoreboard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;

/** Some lanes at the same time, over one server of S3 and one of Azure; each takes the next test when it is through with the last one. */
final class Lanes implements AutoCloseable {
    private static final Duration CLOSED = Duration.ofMinutes(5);

    private final S3Server s3 = S3Server.start();
    private final AzureServer azure = AzureServer.start();
    private final ExecutorService threads;
    private final Scoreboard board;
    private final boolean wait;
    private final Queue<Lane> idle = new ConcurrentLinkedQueue<>();
    private final List<Lane> all = new ArrayList<>();

    /**
     * So many of them, which start when there is something to do.
     *
     * @param wait whether the leases of what was killed are waited for
     */
    Lanes(int count, Scoreboard board, boolean wait) {
        threads = Executors.newFixedThreadPool(count);
        this.board = board;
        this.wait = wait;
    }

    /** What is done in a lane that does nothing else meanwhile. */
    interface Body {
        void in(Lane lane) throws Exception;
    }

    /** A test that begins as soon as a lane is idle, whenever it is asked for how it came out. */
    DynamicTest test(String name, Body body) {
        var result = threads.submit(() -> {
            var lane = idle.poll();
            lane = lane == null ? another() : lane;
            try {
                body.in(lane);
            } finally {
                idle.add(lane);
            }
            return null;
        });
        return DynamicTest.dynamicTest(name, () -> {
            try {
                result.get();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }

    private Lane another() {
        Lane lane;
        synchronized (all) {
            int number = all.size() + 1;
            lane = new Lane(s3.bucket("lane-" + number), azure.bucket("azure-lane-" + number));
            all.add(lane);
        }
        lane.start(board, wait);
        return lane;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSED.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("trials do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            all.forEach(Lane::close);
            s3.close();
            azure.close();
        }
    }
}
