package io.pgbosun.telemetry;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Asks the clusters a question, a few at once, each for a few seconds. */
final class Survey<A> {
    private static final Logger LOG = Logger.getLogger(Survey.class);
    private static final int CLUSTERS_AT_ONCE = 8;
    private static final int SECONDS = 5;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> asking = ConcurrentHashMap.newKeySet();

    /** By cluster; empty when there is no answer in time, or none yet to the question of the last round. */
    Map<String, Optional<A>> ask(Collection<String> clusters, Function<String, A> question)
            throws InterruptedException {
        var permits = new Semaphore(CLUSTERS_AT_ONCE);
        var asked = new LinkedHashMap<String, Future<Optional<A>>>();
        clusters.forEach(name -> asked.put(name, threads.submit(() -> {
            permits.acquire();
            try {
                return ask(name, question);
            } finally {
                permits.release();
            }
        })));
        var answers = new LinkedHashMap<String, Optional<A>>();
        for (var one : asked.entrySet()) {
            answers.put(one.getKey(), answer(one.getValue()));
        }
        return answers;
    }

    private Optional<A> answer(Future<Optional<A>> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "a cluster cannot be looked at: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private Optional<A> ask(String name, Function<String, A> question) throws InterruptedException {
        if (!asking.add(name)) {
            return Optional.empty();
        }
        var asked = threads.submit(() -> {
            try {
                return question.apply(name);
            } finally {
                asking.remove(name);
            }
        });
        try {
            return Optional.of(asked.get(SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException slow) {
            asked.cancel(true);
            return Optional.empty();
        } catch (ExecutionException e) {
            LOG.infof("metrics of %s: %s", name, e.getCause());
            return Optional.empty();
        }
    }
}
