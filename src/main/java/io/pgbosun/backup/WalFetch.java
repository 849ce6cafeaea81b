package io.pgbosun.backup;

import io.pgbosun.backup.WalArchiveStore.Elsewhere;
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
 * Brings the WAL of servers on other hosts into their archives, and answers for what is there: then they need not keep it any more.
 * Nothing is lost when it dies, or is done twice at once: what is archived already is compared, and answered for again.
 */
@Singleton
class WalFetch {
    /** The next ones that a server asks for; others are answered for when it has come to them. */
    private static final int AHEAD = 64;

    private final PgHosts hosts;
    private final Repositories repositories;
    private final WalArchives archives;
    private final Map<Elsewhere, Map<String, String>> archived = new ConcurrentHashMap<>();

    WalFetch(PgHosts hosts, Repositories repositories, WalArchives archives) {
        this.hosts = hosts;
        this.repositories = repositories;
        this.archives = archives;
    }

    /** All that a server has ready just now, running or not. */
    void fetch(Elsewhere server) {
        var handover = hosts.of(server.instance()).walHandover(server.instance().directory());
        var ready = handover.ready();
        if (ready.isEmpty()) {
            archived.remove(server);
        } else {
            fetch(server, handover, ready.subList(0, Math.min(AHEAD, ready.size())));
        }
    }

    private void fetch(Elsewhere server, WalHandover handover, List<String> ready) {
        var archive = archives.at(
                ArchiveMethod.SCRIPT,
                server.repository(),
                repositories.location(server.repository()),
                server.cluster());
        var answers = archived.computeIfAbsent(server, first -> new ConcurrentHashMap<>());
        answers.keySet().retainAll(ready);
        answers.keySet().removeIf(name -> !archive.has(name));
        for (var name : ready) {
            if (!answers.containsKey(name)) {
                answers.put(name, fetch(name, handover, archive, answers));
                handover.answer(answers);
            }
        }
        if (!handover.answers().equals(answers)) {
            handover.answer(answers);
        }
    }

    private static String fetch(String name, WalHandover from, WalArchive archive, Map<String, String> answers) {
        try (var content = from.open(name)) {
            return archive.store(name, content);
        } catch (Problem problem) {
            if (problem.type() != ProblemType.UNREACHABLE && problem.type() != ProblemType.CANCELLED) {
                var refused = new HashMap<>(answers);
                refused.put(name, problem.detail());
                from.answer(refused);
            }
            throw problem;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
