package io.pgbosun.adapter;

import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Sends the parts of one object, a few at once while the next is read; what is being sent ends with the run. */
final class PartLanes {
    private static final int LANES = 3;
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Parts parts;
    private final ExecutorService threads;

    private PartLanes(Parts parts, ExecutorService threads) {
        this.parts = parts;
        this.threads = threads;
    }

    /** What sending each part gave, in their order. When it returns or throws, nothing is being sent any more. */
    static <T> List<T> send(Part first, Parts parts, Function<Part, T> send) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var _ = endedWithRun(threads)) {
            try {
                return new PartLanes(parts, threads).sendAll(first, send);
            } catch (RuntimeException e) {
                end(threads);
                throw e;
            }
        }
    }

    /**
     * Nothing more is sent; what is on its way may arrive, within a while. A request that is broken off may still be carried
     * out after its upload was taken back.
     */
    private static void end(ExecutorService threads) {
        threads.shutdown();
        Thread.startVirtualThread(() -> {
            try {
                threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
                threads.shutdownNow();
            } catch (InterruptedException nobodyDoes) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static Work.Open endedWithRun(ExecutorService threads) {
        return Work.current().map(work -> work.opened(() -> end(threads))).orElse(() -> {});
    }

    /** The oldest is waited for before the next is read, so that few are in memory. */
    private <T> List<T> sendAll(Part first, Function<Part, T> send) {
        var sent = new ArrayList<Future<T>>();
        for (var part = first; ; part = parts.next()) {
            sent.add(begin(part, send));
            if (part.last()) {
                break;
            }
            if (sent.size() >= LANES) {
                result(sent.get(sent.size() - LANES));
            }
        }
        var results = sent.stream().map(this::result).toList();
        parts.goOn();
        return results;
    }

    private <T> Future<T> begin(Part part, Function<Part, T> send) {
        try {
            return threads.submit(() -> {
                try (part) {
                    return send.apply(part);
                }
            });
        } catch (RejectedExecutionException ended) {
            part.close();
            parts.goOn();
            throw ended;
        }
    }

    private <T> T result(Future<T> sending) {
        try {
            return sending.get();
        } catch (InterruptedException e) {
            throw Problem.stopping(e);
        } catch (ExecutionException e) {
            parts.goOn();
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }
}
