package io.pgbosun.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was read from the control database a moment ago. It is read again after a second at the latest, and at once when
 * this or another service says that it changed. What is not there is looked for each time.
 */
public final class Remembered<K, V> {
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int MOST = 10_000;

    private final Cache<K, V> values =
            Caffeine.newBuilder().expireAfterWrite(LONGEST).maximumSize(MOST).build();
    private final Hints hints;
    private final String topic;
    private final Function<K, Optional<V>> read;

    /**
     * Begins to remember.
     *
     * @param topic of the hints that tell of changes
     * @param key reads a key from its text
     * @param read reads a value from the control database
     */
    public Remembered(Hints hints, String topic, Function<String, K> key, Function<K, Optional<V>> read) {
        this.hints = hints;
        this.topic = topic;
        this.read = read;
        hints.listen(topic, changed -> values.invalidate(key.apply(changed)));
    }

    public Optional<V> get(K key) {
        return Optional.ofNullable(
                values.get(key, missing -> read.apply(missing).orElse(null)));
    }

    /** To be called after the commit of a change. */
    public void changed(K key) {
        hints.send(topic + ":" + key);
    }
}
