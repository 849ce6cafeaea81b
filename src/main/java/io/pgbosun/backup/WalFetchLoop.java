package io.pgbosun.backup;

import io.pgbosun.backup.WalArchiveStore.Elsewhere;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Fetches the WAL of servers on other hosts, of each cluster in one of the services that work, again and again. A host that does not
 * answer holds up no other one.
 */
@Singleton
public final class WalFetchLoop {
    private static final Logger LOG = Logger.getLogger(WalFetchLoop.class);
    private static final long PERIOD_MILLIS = 1_000;

    private final WalArchiveStore archivings;
    private final WalFetch fetch;
    private final String service = UUID.randomUUID().toString();
    private final Set<Elsewhere> busy = ConcurrentHashMap.newKeySet();
    private final Map<Elsewhere, String> troubles = new ConcurrentHashMap<>();
    private Thread thread;

    WalFetchLoop(WalArchiveStore archivings, WalFetch fetch) {
        this.archivings = archivings;
        this.fetch = fetch;
    }

    public void start() {
        thread = Thread.ofVirtual().name("wal-fetch").start(this::loop);
    }

    /** What is just fetched comes to its end. */
    public void stop() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void loop() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                fetchAll();
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void fetchAll() {
        try {
            archivings.fetchedBy(service).stream()
                    .filter(busy::add)
                    .forEach(server -> Thread.ofVirtual().name("wal-fetch-one").start(() -> fetch(server)));
        } catch (Problem problem) {
            LOG.infof("WAL to be fetched: %s", problem.detail());
        } catch (RuntimeException e) {
            LOG.error("WAL to be fetched", e);
        }
    }

    private void fetch(Elsewhere server) {
        try {
            fetch.fetch(server);
            if (troubles.remove(server) != null) {
                LOG.infof("the WAL of %s is fetched again", server.instance().name());
            }
        } catch (Problem problem) {
            if (!problem.detail().equals(troubles.put(server, problem.detail()))) {
                LOG.warnf("the WAL of %s is not fetched: %s", server.instance().name(), problem.detail());
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "the WAL of %s", server.instance().name());
        } finally {
            busy.remove(server);
        }
    }
}
