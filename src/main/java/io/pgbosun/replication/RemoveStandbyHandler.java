package io.pgbosun.replication;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.replication.RemoveStandby.RemoveStandbyResult;
import io.pgbosun.replication.Standbys.Seen;
import jakarta.inject.Singleton;
import java.util.List;

@Singleton
class RemoveStandbyHandler implements OperationHandler<RemoveStandby, RemoveStandbyResult> {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Standbys standbys;
    private final Followers followers;
    private final PgHosts hosts;
    private final Servers servers;

    RemoveStandbyHandler(
            ClusterStore clusters,
            Topology topology,
            Standbys standbys,
            Followers followers,
            PgHosts hosts,
            Servers servers) {
        this.clusters = clusters;
        this.topology = topology;
        this.standbys = standbys;
        this.followers = followers;
        this.hosts = hosts;
        this.servers = servers;
    }

    /** The standby, and those that may have a slot for it. */
    record Chosen(InstanceRecord standby, List<InstanceRecord> others) {}

    @Override
    public void check(Target target, RemoveStandby spec, Checks checks) {
        var cluster = clusters.get(target.id());
        Standbys.requireOurs(cluster, "Stop Patroni on its host, and register the cluster anew.", checks);
        var instance = cluster.instance(spec.instance());
        checks.need(
                "the instance is of this cluster",
                instance.isPresent(),
                spec.instance(),
                "one of "
                        + cluster.instances().stream().map(InstanceRecord::name).toList(),
                "List them with GET /v1/clusters/{cluster}/instances.");
        var seen = standbys.look(cluster);
        var primaries = seen.stream().filter(Seen::primary).toList();
        checks.need(
                "another instance is the primary",
                primaries.size() == 1 && !primaries.getFirst().instance().equals(spec.instance()),
                primaries.stream().map(Seen::instance).toList(),
                "one, and not " + spec.instance(),
                "Use switchover first when it is the primary; start the primary when it is down.");
        primaries.stream().findFirst().ifPresent(primary -> commits(primary, spec, checks));
        seen.stream()
                .filter(one -> one.instance().equals(spec.instance()) && one.state() != null)
                .forEach(one -> followed(one, checks));
    }

    private static void commits(Seen primary, RemoveStandby spec, Checks checks) {
        var wanted = SynchronousStandbys.parse(primary.state().synchronousStandbyNames());
        var others = wanted.among(primary.state().streaming().stream()
                .filter(name -> !name.equals(spec.instance()))
                .toList());
        checks.need(
                "commits do not wait for it",
                others >= wanted.number(),
                others + " others",
                "at least " + wanted.number() + " that commits may wait for",
                "Have commits wait for fewer first: configure-replication.");
        checks.restsOn("primary", primary.instance());
    }

    private static void followed(Seen standby, Checks checks) {
        checks.need(
                "nobody follows it",
                standby.state().senders().isEmpty(),
                standby.state().streaming(),
                "no standby",
                "Have those follow another instance first: rejoin.");
    }

    @Override
    public RemoveStandbyResult run(Target target, RemoveStandby spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var chosen = steps.get("look who is there", Chosen.class, () -> choose(cluster, spec));
        var standby = chosen.standby();
        var directory = standby.directory();
        steps.pointOfNoReturn();
        steps.act("stop " + standby.name(), () -> hosts.of(standby).stop(directory));
        steps.ensure(
                "forget " + standby.name(),
                () -> clusters.get(target.id()).instance(standby.name()).isEmpty(),
                () -> clusters.remove(target.id(), standby.name()));
        for (var other : chosen.others()) {
            followers.dropSlots(steps, List.of(standby), other, servers.at(cluster.endpoint(other)));
        }
        if (!spec.keepData()) {
            steps.act(
                    "remove the data of " + standby.name(),
                    () -> hosts.of(standby).remove(directory));
        }
        return new RemoveStandbyResult(standby.name(), spec.keepData() ? standby.dataDirectory() : null);
    }

    /** Another standby that is down has its slots dropped when it rejoins. */
    private Chosen choose(ClusterRecord cluster, RemoveStandby spec) {
        var standby =
                cluster.instance(spec.instance()).orElseThrow(() -> Problem.notFound("instance", spec.instance()));
        var others = topology.look(cluster).stream()
                .filter(sighting -> sighting.up() && !sighting.instance().equals(standby))
                .toList();
        if (others.stream().noneMatch(Sighting::primary)) {
            throw Problem.notPossible("No other instance is the primary just now, where its slot is.");
        }
        return new Chosen(standby, others.stream().map(Sighting::instance).toList());
    }
}
