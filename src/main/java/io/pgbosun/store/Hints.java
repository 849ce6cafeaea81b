package io.pgbosun.store;

import io.vertx.core.Vertx;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Wake-ups between services over one control database. A hint says that a topic is worth a look; it may be lost, never
 * carries the truth, and is sent after the commit it speaks of, many in one notification, because a NOTIFY inside a
 * transaction serialises commits.
 */
public final class Hints {
    private static final Logger LOG = Logger.getLogger(Hints.class);
    private static final String CHANNEL = "pgbosun";
    private static final long PAUSE_MILLIS = 2;
    /** PostgreSQL takes less than 8,000 bytes; topics are ASCII. */
    private static final int PAYLOAD = 7_900;

    private static final String NOTIFY =
            "select pg_notify('" + CHANNEL + "', payload) from unnest($1::text[]) as payload";

    private final Vertx vertx;
    private final PgSubscriber subscriber;
    private final String sender = UUID.randomUUID().toString();
    private final Map<String, Set<Consumer<String>>> listeners = new ConcurrentHashMap<>();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile long sentAt = System.nanoTime();

    /**
     * Begins to hear and to send.
     *
     * @param subscriber whose connection need not wait for its commits: a hint may be lost
     */
    public Hints(Vertx vertx, PgSubscriber subscriber) {
        this.vertx = vertx;
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
        if (due.compareAndSet(false, true)) {
            var pause = PAUSE_MILLIS - (System.nanoTime() - sentAt) / 1_000_000;
            if (pause <= 0) {
                flush();
            } else {
                vertx.setTimer(pause, timer -> flush());
            }
        }
    }

    private void flush() {
        sentAt = System.nanoTime();
        due.set(false);
        var connection = subscriber.actualConnection();
        var payloads = payloads();
        if (connection != null && payloads.length > 0) {
            connection
                    .preparedQuery(NOTIFY)
                    .execute(Tuple.of(payloads))
                    .onFailure(e -> LOG.debug("hints not sent: " + e.getMessage()));
        }
    }

    /** The pending topics, as many as fit in each payload, after a line that says who sends them. */
    private String[] payloads() {
        var payloads = new ArrayList<String>();
        var payload = new StringBuilder(sender);
        for (var topics = pending.iterator(); topics.hasNext(); ) {
            var topic = topics.next();
            topics.remove();
            if (payload.length() + topic.length() >= PAYLOAD) {
                payloads.add(payload.toString());
                payload.setLength(sender.length());
            }
            payload.append('\n').append(topic);
        }
        if (payload.length() > sender.length()) {
            payloads.add(payload.toString());
        }
        return payloads.toArray(String[]::new);
    }

    private void heard(String payload) {
        if (!payload.startsWith(sender)) {
            payload.lines().skip(1).forEach(this::dispatch);
        }
    }

    private void dispatch(String topic) {
        var colon = topic.indexOf(':');
        var prefix = colon < 0 ? topic : topic.substring(0, colon);
        var detail = colon < 0 ? "" : topic.substring(colon + 1);
        listeners.getOrDefault(prefix, Set.of()).forEach(listener -> listener.accept(detail));
        if (colon >= 0) {
            listeners.getOrDefault(topic, Set.of()).forEach(listener -> listener.accept(detail));
        }
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
