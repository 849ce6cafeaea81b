package io.pgbosun.operation;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Operations that may be worth claiming, as hints name them and as a look at the control database finds them. A hint
 * that names one spares the look, which is due after a hint that names none, after a full page, and once a second.
 */
final class Candidates {
    private static final int MOST = 10_000;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final LinkedHashSet<UUID> ids = new LinkedHashSet<>();
    private boolean more = true;
    private long lookedAt = System.nanoTime();

    /** One was named, or none when any might be. */
    void hinted(String id) {
        lock.lock();
        try {
            if (id.isEmpty() || ids.size() >= MOST) {
                more = true;
            } else {
                ids.add(UUID.fromString(id));
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something to claim or to look for; true when it is time for a look. */
    boolean awaitLook() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                var left = LOOK_NANOS - (System.nanoTime() - lookedAt);
                if (left <= 0 || (more && ids.isEmpty())) {
                    more = false; // what is hinted from now on is perhaps not seen by the look
                    lookedAt = System.nanoTime();
                    return true;
                }
                if (!ids.isEmpty()) {
                    return false;
                }
                news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What a look has found; when it was cut off, there is more. */
    void found(Collection<UUID> found, boolean cutOff) {
        lock.lock();
        try {
            ids.addAll(found);
            more |= cutOff;
        } finally {
            lock.unlock();
        }
    }

    /** The first so many, which are forgotten here: one that cannot be claimed is named again when it can. */
    UUID[] next(int most) {
        lock.lock();
        try {
            var next = ids.stream().limit(most).toArray(UUID[]::new);
            for (var id : next) {
                ids.remove(id);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }
}
