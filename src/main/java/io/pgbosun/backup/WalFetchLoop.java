package io.pgbosun.backup;

import io.pgbosun.backup.WalArchiveStore.Source;
import io.pgbosun.operation.Recurring;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Fetches the WAL of servers on other hosts, of each cluster in one of the services that work, again and again. A host that does not
 * answer holds up no other one.
 */
@Singleton
public final class WalFetchLoop {
    private static final Logger LOG = Logger.getLogger(WalFetchLoop.class);

    private final WalArchiveStore archivings;
    private final WalFetch fetch;
    private final String service = UUID.randomUUID().toString();
    private final Set<Source> busy = ConcurrentHashMap.newKeySet();
    private final Map<Source, String> troubles = new ConcurrentHashMap<>();
    private final Recurring recurring = new Recurring("wal-fetch", Duration.ofSeconds(1), this::fetchAll);

    WalFetchLoop(WalArchiveStore archivings, WalFetch fetch) {
        this.archivings = archivings;
        this.fetch = fetch;
    }

    public void start() {
        recurring.start();
    }

    /** What is just fetched comes to its end. */
    public void stop() {
        recurring.stop();
    }

    private void fetchAll() {
        archivings.fetchedBy(service).stream()
                .filter(busy::add)
                .forEach(server -> Thread.ofVirtual().name("wal-fetch-one").start(() -> fetch(server)));
    }

    private void fetch(Source server) {
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
