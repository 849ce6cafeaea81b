package io.pgbosun.replication;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Servers;
import io.pgbosun.host.WalSender;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.replication.ConfigureReplication.ConfigureReplicationResult;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

@Singleton
class ConfigureReplicationHandler implements OperationHandler<ConfigureReplication, ConfigureReplicationResult> {
    private static final String NAMES = "synchronous_standby_names";
    private static final Set<String> WAITED_FOR = Set.of("sync", "quorum");
    private static final Duration SYNCHRONOUS_WITHIN = Duration.ofMinutes(1);

    private final ClusterStore clusters;
    private final Topology topology;
    private final PgHosts hosts;
    private final Servers servers;

    ConfigureReplicationHandler(ClusterStore clusters, Topology topology, PgHosts hosts, Servers servers) {
        this.clusters = clusters;
        this.topology = topology;
        this.hosts = hosts;
        this.servers = servers;
    }

    /**
     * An instance before.
     *
     * @param names the setting as we had written it; null when we had not
     * @param up whether it must be told to read it again
     */
    record Old(InstanceRecord instance, String names, boolean up) {}

    /** All of them, and which one is the primary. */
    record Before(InstanceRecord primary, List<Old> instances) {}

    @Override
    public void check(Target target, ConfigureReplication spec, Checks checks) {
        var cluster = clusters.get(target.id());
        Standbys.requireOurs(cluster, "Set synchronous_mode and synchronous_node_count: configure-patroni.", checks);
        cluster.requireInstances(spec.instances(), checks);
        var primary = topology.primary(cluster);
        var streaming = wanted(cluster, spec).among(primary.replication().streaming());
        checks.need(
                "enough standbys stream",
                streaming >= spec.synchronousStandbys(),
                streaming,
                "at least " + spec.synchronousStandbys(),
                "No commit would come to an end: start or add standbys first, or wait for fewer.");
        checks.want(
                "one more streams than commits wait for",
                spec.synchronousStandbys() == 0 || streaming > spec.synchronousStandbys(),
                streaming,
                "more than " + spec.synchronousStandbys(),
                "When a standby stops, commits wait until it is back: add one.");
        var altered = primary.setting(NAMES).altered();
        checks.need(
                "no ALTER SYSTEM stands over it",
                altered == null,
                altered == null ? "none" : altered,
                "none",
                "Take it back: ALTER SYSTEM RESET " + NAMES + ".");
    }

    private static SynchronousStandbys wanted(ClusterRecord cluster, ConfigureReplication spec) {
        var all = cluster.instances().stream().map(InstanceRecord::name).toList();
        return new SynchronousStandbys(spec.synchronousStandbys(), spec.instances() == null ? all : spec.instances());
    }

    @Override
    public ConfigureReplicationResult run(Target target, ConfigureReplication spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var names = wanted(cluster, spec).text(spec.method());
        var before = steps.get("read what commits wait for", Before.class, () -> before(cluster));
        for (var old : before.instances()) {
            steps.act(
                    "set what commits at " + old.instance().name() + " wait for",
                    () -> set(cluster, old, names),
                    () -> set(cluster, old, old.names()));
        }
        if (spec.synchronousStandbys() > 0) {
            var primary = servers.at(cluster.endpoint(before.primary()));
            steps.await(
                    "enough standbys are waited for",
                    SYNCHRONOUS_WITHIN,
                    () -> primary.replication().senders().stream()
                                    .map(WalSender::syncState)
                                    .filter(WAITED_FOR::contains)
                                    .count()
                            >= spec.synchronousStandbys());
        }
        return new ConfigureReplicationResult(
                names,
                before.instances().stream().map(old -> old.instance().name()).toList());
    }

    private Before before(ClusterRecord cluster) {
        var sightings = topology.look(cluster);
        var primary = sightings.stream()
                .filter(Sighting::primary)
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("No primary answers."))
                .instance();
        var instances = sightings.stream()
                .map(sighting -> new Old(
                        sighting.instance(),
                        hosts.of(sighting.instance())
                                .settings(sighting.instance().directory())
                                .get(NAMES),
                        sighting.up()))
                .toList();
        return new Before(primary, instances);
    }

    /** One that is down takes it in when it starts. */
    private void set(ClusterRecord cluster, Old old, String names) {
        var directory = old.instance().directory();
        var settings = new TreeMap<>(hosts.of(old.instance()).settings(directory));
        if (names == null) {
            settings.remove(NAMES);
        } else {
            settings.put(NAMES, names);
        }
        hosts.configure(old.instance(), settings);
        if (old.up()) {
            servers.at(cluster.endpoint(old.instance())).reload();
        }
    }
}
