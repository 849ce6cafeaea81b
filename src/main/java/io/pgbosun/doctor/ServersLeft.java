package io.pgbosun.doctor;

import io.pgbosun.cluster.Cluster;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerTraces;
import io.pgbosun.host.Servers;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * What is left on managed servers: replication slots, invalid indexes, sessions. Backup mode is not looked for: since
 * PostgreSQL 15 it ends with its session.
 */
@Singleton
class ServersLeft {
    private static final int MOST_CLUSTERS = 500;
    private static final int AT_ONCE = 8;

    /** What the slots of base backups are called like. */
    private static final String BACKUP_SLOT = "pgbosun_backup_";

    private final ClusterStore clusters;
    private final Servers servers;
    private final ActiveWork active;

    ServersLeft(ClusterStore clusters, Servers servers, ActiveWork active) {
        this.clusters = clusters;
        this.servers = servers;
        this.active = active;
    }

    /** What one server said; invalid indexes by database, of a primary alone. */
    private record Look(
            ClusterRecord cluster, InstanceRecord instance, ServerTraces traces, Map<String, List<String>> invalid) {}

    void examine(Examination examination) {
        var looks = lookAtAll();
        examination.examined(looks.size());
        for (var look : looks) {
            slots(look, examination);
            indexes(look, examination);
            sessions(look, examination);
        }
    }

    /** Those that do not answer have no session, and are told of elsewhere. */
    private List<Look> lookAtAll() {
        try (var threads =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            var asked = new ArrayList<CompletableFuture<Optional<Look>>>();
            for (var name : clusters.names().stream().limit(MOST_CLUSTERS).toList()) {
                clusters.find(name)
                        .ifPresent(cluster -> cluster.instances()
                                .forEach(instance -> asked.add(
                                        CompletableFuture.supplyAsync(() -> look(cluster, instance), threads))));
            }
            return asked.stream().flatMap(look -> look.join().stream()).toList();
        }
    }

    private Optional<Look> look(ClusterRecord cluster, InstanceRecord instance) {
        var server = servers.at(cluster.endpoint(instance));
        try {
            var primary = !server.facts().inRecovery();
            return Optional.of(new Look(cluster, instance, server.traces(), primary ? invalid(server) : Map.of()));
        } catch (Problem problem) {
            if (problem.type() == ProblemType.BUG) {
                throw problem;
            }
            return Optional.empty();
        }
    }

    private static Map<String, List<String>> invalid(Server server) {
        var found = new TreeMap<String, List<String>>();
        for (var database : server.databases()) {
            found.put(
                    database.name(),
                    server.invalidIndexes(database.name()).stream()
                            .map(index -> index.schema() + "." + index.name())
                            .toList());
        }
        return found;
    }

    private void slots(Look look, Examination examination) {
        var cluster = look.cluster().cluster();
        if (active.isAtCluster(cluster.name())) {
            return;
        }
        look.traces().slots().stream()
                .filter(slot -> slot.startsWith(BACKUP_SLOT))
                .forEach(slot -> slot(look, slot, "It was made for a backup that has ended", examination));
        if (cluster.origin() != Cluster.Origin.PROVISIONED) {
            return;
        }
        var owned = look.cluster().instances().stream()
                .map(instance -> slot(instance.name()))
                .collect(Collectors.toSet());
        look.traces().slots().stream()
                .filter(slot -> slot.matches(slot(cluster.name()) + "_\\d+") && !owned.contains(slot))
                .forEach(slot -> slot(look, slot, "It was made for a standby that is not there", examination));
    }

    private static void slot(Look look, String slot, String why, Examination examination) {
        examination.fail(
                "replication slot " + slot + " of " + look.instance().name(),
                why + "; it keeps WAL for ever.",
                "On %s: select pg_drop_replication_slot('%s')".formatted(at(look), slot));
    }

    /** As they are named when a standby is provisioned. */
    private static String slot(String instance) {
        return instance.replace('-', '_');
    }

    private void indexes(Look look, Examination examination) {
        look.invalid()
                .forEach((database, indexes) -> indexes.forEach(index -> {
                    if (active.isAtCluster(look.cluster().cluster().name())) {
                        return;
                    }
                    var subject = "index %s in %s of %s"
                            .formatted(index, database, look.cluster().cluster().name());
                    var remedy = "On %s, in %s: drop index concurrently %s".formatted(at(look), database, index);
                    if (index.matches(".*_cc(new|old)\\d*")) {
                        examination.fail(subject, "It is invalid, and left of a REINDEX CONCURRENTLY.", remedy);
                    } else {
                        examination.warn(subject, "It is invalid: it slows writes and serves no query.", remedy);
                    }
                }));
    }

    private void sessions(Look look, Examination examination) {
        var known = active.read(
                look.traces().sessions().stream().map(ServerTraces.Session::tag).toList());
        for (var session : look.traces().sessions()) {
            var tagged = known.get(session.tag());
            var subject =
                    "session %d of %s".formatted(session.pid(), look.instance().name());
            var remedy = "On %s: select pg_terminate_backend(%d)".formatted(at(look), session.pid());
            if (tagged.state() == null) {
                examination.warn(
                        subject,
                        "It is of %s, which is not known here, since %s.".formatted(session.tag(), session.since()),
                        "See whether another installation manages this cluster too; else end it. " + remedy);
            } else if (tagged.over()) {
                examination.fail(
                        subject,
                        "It is of %s, epoch %d, which is over (%s), since %s."
                                .formatted(
                                        Examination.operation(tagged.operation()),
                                        tagged.epoch(),
                                        tagged.state(),
                                        session.since()),
                        remedy);
            }
        }
    }

    private static String at(Look look) {
        return look.instance().address() + ":" + look.instance().port();
    }
}
