package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.LeftWal;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.FormerLeaders.Lost;
import io.pgbosun.failover.Rejoin.RejoinResult;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

@Singleton
class RejoinHandler implements OperationHandler<Rejoin, RejoinResult> {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Followers followers;
    private final FormerLeaders former;
    private final PatroniRejoin patroni;
    private final PrimaryChangeStore changes;
    private final LeftWal wal;
    private final PgHosts hosts;
    private final Servers servers;

    RejoinHandler(
            ClusterStore clusters,
            Topology topology,
            Followers followers,
            FormerLeaders former,
            PatroniRejoin patroni,
            PrimaryChangeStore changes,
            LeftWal wal,
            PgHosts hosts,
            Servers servers) {
        this.clusters = clusters;
        this.topology = topology;
        this.followers = followers;
        this.former = former;
        this.patroni = patroni;
        this.changes = changes;
        this.wal = wal;
        this.hosts = hosts;
        this.servers = servers;
    }

    /**
     * Who is made a standby of whom.
     *
     * @param others all but the instance
     * @param followers those of them that follow it: cascading standbys
     */
    record Chosen(
            InstanceRecord primary,
            InstanceRecord instance,
            List<InstanceRecord> others,
            List<InstanceRecord> followers) {}

    /** Settings, for the journal. */
    record Settings(Map<String, String> settings) {}

    @Override
    public void check(Target target, Rejoin spec, Checks checks) {
        var cluster = clusters.get(target.id());
        if (cluster.isPatroni()) {
            patroni.check(cluster, spec, checks);
        } else {
            cluster.requireHosts(checks);
        }
        var sightings = topology.look(cluster);
        var primary = newest(sightings);
        checks.need(
                "a primary answers",
                primary.isPresent(),
                primary.map(sighting -> sighting.instance().name()).orElse("none"),
                "one",
                "Start the cluster, or have a standby take over: failover.");
        var instance = cluster.instance(spec.instance());
        var names = cluster.instances().stream().map(InstanceRecord::name).toList();
        checks.need(
                "the instance is of this cluster",
                instance.isPresent(),
                spec.instance(),
                "one of " + names,
                "List them with GET /v1/clusters/{cluster}/instances.");
        primary.ifPresent(sighting -> {
            checks.need(
                    "it is not the primary",
                    !sighting.instance().name().equals(spec.instance()),
                    spec.instance(),
                    "another one than " + sighting.instance().name(),
                    "Use switchover first, when it is to be a standby.");
            checks.restsOn("primary", sighting.instance().name());
        });
    }

    /** Where two take writes, the one on the newest timeline is the one that was chosen. */
    private static Optional<Sighting> newest(List<Sighting> sightings) {
        return sightings.stream()
                .filter(Sighting::primary)
                .max(Comparator.comparingInt(sighting -> sighting.facts().timeline()));
    }

    @Override
    public RejoinResult run(Target target, Rejoin spec, Steps steps) {
        var cluster = clusters.get(target.id());
        if (cluster.isPatroni()) {
            return patroni.run(cluster, spec, steps);
        }
        var chosen = steps.get("look who is primary", Chosen.class, () -> choose(cluster, spec));
        var instance = chosen.instance();
        var directory = instance.directory();
        var primary = servers.at(cluster.endpoint(chosen.primary()));
        var settings = steps.get("remember the settings of " + instance.name(), Settings.class, () -> settings(chosen));
        var login = followers.login(steps, knowing(chosen));
        followers.reserveSlot(steps, instance, chosen.primary(), primary);
        steps.act("write a checkpoint on " + chosen.primary().name(), primary::checkpoint);
        steps.pointOfNoReturn();
        steps.act("stop " + instance.name(), () -> hosts.of(instance).halt(directory));
        var lost = steps.get(
                "measure what " + chosen.primary().name() + " has not",
                Lost.class,
                Lost.NOTHING,
                () -> former.lost(primary, instance));
        archiveLeft(steps, target.id(), instance);
        copy(steps, spec, instance, cluster.endpoint(chosen.primary()), Followers.at(chosen.primary(), login));
        steps.act(
                "give " + instance.name() + " its settings again",
                () -> hosts.configure(instance, settings.settings()));
        followers.haveFollow(steps, instance, chosen.primary(), login);
        followers.start(steps, instance);
        followers.archiveByItself(steps, instance, chosen.others(), servers.at(cluster.endpoint(instance)));
        followers.awaitStreaming(steps, instance, primary);
        slots(steps, chosen, instance, servers.at(cluster.endpoint(instance)));
        steps.act(
                "record what was lost",
                () -> changes.lost(
                        target.id(), instance.name(), lost.bytes(), lost.tail().commits()));
        return new RejoinResult(
                instance.name(),
                chosen.primary().name(),
                lost.bytes(),
                lost.tail().commits());
    }

    /** What it had ready and not archived when it died is in no other place, and goes with its data. */
    private void archiveLeft(Steps steps, String cluster, InstanceRecord instance) {
        var trouble = steps.act("archive the WAL that " + instance.name() + " has left", String.class, "", () -> {
            try {
                wal.archive(cluster, instance);
                return "";
            } catch (Problem problem) {
                if (problem.type() == ProblemType.UNREACHABLE || problem.type() == ProblemType.CANCELLED) {
                    throw problem;
                }
                return problem.detail();
            }
        });
        if (!trouble.isEmpty()) {
            steps.warn("WAL that %s has left is not archived: %s Take a physical backup, when there is a hole."
                    .formatted(instance.name(), trouble));
        }
    }

    /** A copy has none; those that it had as a primary are of nobody. */
    private void slots(Steps steps, Chosen chosen, InstanceRecord instance, Server there) {
        chosen.followers().forEach(follower -> followers.reserveSlot(steps, follower, instance, there));
        var rest = chosen.others().stream()
                .filter(other -> !chosen.followers().contains(other))
                .toList();
        followers.dropSlots(steps, rest, instance, there);
    }

    /** Its own, or those of the primary when its directory is lost. */
    private Settings settings(Chosen chosen) {
        var directory = chosen.instance().directory();
        if (hosts.of(chosen.instance()).initialized(directory)) {
            return new Settings(hosts.of(chosen.instance()).settings(directory));
        }
        var settings = new TreeMap<>(
                hosts.of(chosen.primary()).settings(chosen.primary().directory()));
        settings.put("port", String.valueOf(chosen.instance().port()));
        settings.put("cluster_name", chosen.instance().name());
        return new Settings(settings);
    }

    private Chosen choose(ClusterRecord cluster, Rejoin spec) {
        var primary = newest(topology.look(cluster))
                .orElseThrow(() -> Problem.notPossible("No primary answers."))
                .instance();
        var instance =
                cluster.instance(spec.instance()).orElseThrow(() -> Problem.notFound("instance", spec.instance()));
        var others = cluster.instances().stream()
                .filter(other -> !other.equals(instance))
                .toList();
        return new Chosen(primary, instance, others, followers.of(instance, others));
    }

    /** An old primary that was fenced knows it too. */
    private static InstanceRecord knowing(Chosen chosen) {
        return chosen.others().stream()
                .filter(other -> !other.equals(chosen.primary()))
                .findFirst()
                .orElse(chosen.instance());
    }

    private void copy(Steps steps, Rejoin spec, InstanceRecord instance, Endpoint source, Endpoint login) {
        var rewound = spec.method() == Rejoin.Method.REWIND
                && steps.act("rewind " + instance.name(), Boolean.class, true, () -> rewind(instance, source));
        if (rewound) {
            return;
        }
        if (spec.method() == Rejoin.Method.REWIND) {
            steps.warn("pg_rewind of %s was cut off, which leaves nothing that can be trusted: it is copied anew."
                    .formatted(instance.name()));
        }
        var directory = instance.directory();
        steps.act(
                "remove the data of " + instance.name(),
                () -> hosts.of(instance).remove(directory));
        steps.ensure(
                "copy the primary to " + instance.name(),
                () -> hosts.of(instance).initialized(directory),
                () -> hosts.of(instance).baseBackup(login, directory, instance.slot()));
    }

    private boolean rewind(InstanceRecord instance, Endpoint source) {
        var programs = hosts.of(instance);
        programs.standAlone(instance.directory()); // a crashed server is recovered first, which a standby cannot be
        return programs.rewind(instance.directory(), source);
    }
}
