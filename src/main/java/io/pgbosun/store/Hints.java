package io.pgbosun.store;

import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Wake-ups between services over one control database. A hint says that a topic is worth a look; it may be lost, never
 * carries the truth, and is sent after the commit it speaks of, coalesced, because a NOTIFY inside a transaction
 * serialises commits.
 */
public final class Hints {
    private static final Logger LOG = Logger.getLogger(Hints.class);
    private static final String CHANNEL = "pgbosun";
    private static final int COALESCE_MILLIS = 2;

    private final Pool pool;
    private final Map<String, Set<Consumer<String>>> listeners = new ConcurrentHashMap<>();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final PgSubscriber subscriber;
    private final io.vertx.core.Vertx vertx;

    public Hints(io.vertx.core.Vertx vertx, Pool pool, PgSubscriber subscriber) {
        this.vertx = vertx;
        this.pool = pool;
        this.subscriber = subscriber;
        subscriber.reconnectPolicy(failures -> Math.min(5_000L, 100L * (failures + 1)));
        subscriber.channel(CHANNEL).handler(this::heard);
        subscriber.connect().onFailure(e -> LOG.warn("no hints from other services yet: " + e.getMessage()));
    }

    /** Hears topics {@code prefix} or {@code prefix:detail}; the listener gets the detail and must return at once. */
    public Listening listen(String prefix, Consumer<String> listener) {
        listeners.computeIfAbsent(prefix, p -> new CopyOnWriteArraySet<>()).add(listener);
        return () -> listeners.computeIfPresent(prefix, (p, all) -> {
            all.remove(listener);
            return all.isEmpty() ? null : all;
        });
    }

    /** Tells this service at once and the others in a moment. */
    public void send(String topic) {
        dispatch(topic);
        pending.add(topic);
        if (flushing.compareAndSet(false, true)) {
            vertx.setTimer(COALESCE_MILLIS, timer -> flush());
        }
    }

    private void flush() {
        flushing.set(false);
        var topics = pending.toArray(String[]::new);
        for (var topic : topics) {
            pending.remove(topic);
        }
        pool.preparedQuery("select pg_notify('" + CHANNEL + "', topic) from unnest($1::text[]) as topic")
                .execute(Tuple.of(topics))
                .onFailure(e -> LOG.debug("hints not sent: " + e.getMessage()));
    }

    private void heard(String topic) {
        dispatch(topic);
    }

    private void dispatch(String topic) {
        var colon = topic.indexOf(':');
        var prefix = colon < 0 ? topic : topic.substring(0, colon);
        var detail = colon < 0 ? "" : topic.substring(colon + 1);
        listeners.getOrDefault(prefix, Set.of()).forEach(listener -> listener.accept(detail));
        listeners.getOrDefault(topic, Set.of()).forEach(listener -> listener.accept(detail));
    }

    public void close() {
        subscriber.close();
    }

    /** Closed to hear no more. */
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
