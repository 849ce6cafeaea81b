package io.pgbosun.backup;

import io.pgbosun.backup.WalArchiveStore.Source;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.LeftWal;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchives;
import io.pgbosun.host.WalHandover;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings WAL from where servers have it into their archives, and answers for what is there: then they need not keep it any more.
 * Nothing is lost when it dies, or is done twice at once: what is archived already is compared, and answered for again.
 */
@Singleton
class WalFetch implements LeftWal {
    /** So many are fetched at a time, and answered for: the next ones that a server asks for. */
    private static final int AT_ONCE = 64;

    private final WalArchiveStore archivings;
    private final PgHosts hosts;
    private final Repositories repositories;
    private final WalArchives archives;
    private final Map<Source, Map<String, String>> fetched = new ConcurrentHashMap<>();

    WalFetch(WalArchiveStore archivings, PgHosts hosts, Repositories repositories, WalArchives archives) {
        this.archivings = archivings;
        this.hosts = hosts;
        this.repositories = repositories;
        this.archives = archives;
    }

    /** It does not run, so that nobody waits for an answer, and it makes no more. */
    @Override
    public void archive(String cluster, InstanceRecord instance) {
        archivings
                .find(cluster)
                .filter(archiving -> archiving.endedAt() == null && archiving.method() == ArchiveMethod.SCRIPT)
                .ifPresent(archiving -> {
                    var archive = archive(cluster, archiving.repository());
                    var left = hosts.of(instance).walHandover(instance.directory());
                    left.ready().forEach(name -> store(name, left, archive));
                });
    }

    private WalArchive archive(String cluster, String repository) {
        return archives.at(ArchiveMethod.SCRIPT, repository, repositories.location(repository), cluster);
    }

    private static String store(String name, WalHandover from, WalArchive archive) {
        try (var content = from.open(name)) {
            return archive.store(name, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next files that a server has ready, running or not. */
    void fetch(Source server) {
        var handover = hosts.of(server.instance()).walHandover(server.instance().directory());
        var ready = handover.ready();
        if (ready.isEmpty()) {
            fetched.remove(server);
            return;
        }
        var archive = archive(server.cluster(), server.repository());
        var known = fetched.computeIfAbsent(server, first -> new ConcurrentHashMap<>());
        known.keySet().retainAll(ready);
        known.keySet().removeIf(name -> !archive.has(name));
        var next = ready.stream()
                .filter(name -> !known.containsKey(name))
                .limit(AT_ONCE)
                .toList();
        for (var name : next) {
            known.put(name, fetch(name, handover, archive));
            answer(handover, ready, known);
        }
        answer(handover, ready, known);
    }

    private static void answer(WalHandover handover, List<String> ready, Map<String, String> known) {
        var answers = new HashMap<>(known);
        answers.keySet().retainAll(ready.subList(0, Math.min(AT_ONCE, ready.size())));
        if (!handover.answers().equals(answers)) {
            handover.answer(answers);
        }
    }

    private static String fetch(String name, WalHandover from, WalArchive archive) {
        try {
            return store(name, from, archive);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE && problem.type() != ProblemType.CANCELLED) {
                var answers = new HashMap<>(from.answers());
                answers.put(name, problem.detail());
                from.answer(answers);
            }
            throw problem;
        }
    }
}
