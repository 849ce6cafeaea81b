package io.pgbosun.cluster;

import io.pgbosun.cluster.Register.RegisterResult;
import io.pgbosun.host.Patronis;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

@Singleton
class RegisterHandler implements OperationHandler<Register, RegisterResult> {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Patronis patronis;
    private final Clock clock;

    RegisterHandler(ClusterStore clusters, Topology topology, Patronis patronis, Clock clock) {
        this.clusters = clusters;
        this.topology = topology;
        this.patronis = patronis;
        this.clock = clock;
    }

    /** What is registered, found once. */
    record Found(String systemIdentifier, List<InstanceRecord> instances) {}

    @Override
    public void check(Target target, Register spec, Checks checks) {
        var sightings = topology.look(record(target.id(), spec, instances(target.id(), spec), null));
        for (var sighting : sightings) {
            if (!sighting.up()) {
                throw sighting.problem();
            }
            var at = sighting.instance();
            var owner = clusters.ownerOf(at.address(), at.port());
            checks.need(
                    at.name() + " is not managed yet",
                    owner.isEmpty(),
                    owner.map(name -> "part of cluster " + name).orElse("free"),
                    "part of no cluster",
                    "Deregister that cluster first.");
        }
        var primaries = sightings.stream().filter(Topology.Sighting::primary).count();
        checks.need(
                "one primary",
                primaries == 1,
                primaries,
                "exactly 1",
                "List the primary and the standbys of one cluster.");
        var identifiers = sightings.stream()
                .map(sighting -> sighting.facts().systemIdentifier())
                .distinct()
                .toList();
        checks.need(
                "one cluster",
                identifiers.size() == 1,
                identifiers,
                "one system identifier",
                "List the instances of one cluster alone.");
        checks.restsOn("systemIdentifier", identifiers);
    }

    @Override
    public RegisterResult run(Target target, Register spec, Steps steps) {
        var found = steps.get("read the system identifier", Found.class, () -> find(target.id(), spec));
        var record = record(target.id(), spec, found.instances(), found.systemIdentifier());
        steps.ensure(
                "record the cluster",
                () -> clusters.find(target.id()).isPresent(),
                () -> clusters.insert(record),
                () -> clusters.delete(target.id()));
        return new RegisterResult(
                target.id(),
                record.instances().stream().map(InstanceRecord::name).toList(),
                found.systemIdentifier());
    }

    private Found find(String name, Register spec) {
        var instances = instances(name, spec);
        return topology.look(record(name, spec, instances, null)).stream()
                .filter(Topology.Sighting::primary)
                .findFirst()
                .map(primary -> new Found(primary.facts().systemIdentifier(), instances))
                .orElseThrow(() -> Problem.notPossible("No primary answers."));
    }

    private ClusterRecord record(String name, Register spec, List<InstanceRecord> instances, String systemIdentifier) {
        var cluster = new Cluster(
                name,
                spec.patroni() == null ? Cluster.Driver.NATIVE : Cluster.Driver.PATRONI,
                Cluster.Origin.REGISTERED,
                spec.labels(),
                Cluster.ClusterPolicy.NONE,
                systemIdentifier,
                instances.size(),
                "1",
                clock.instant());
        var patroni = spec.patroni() == null ? null : spec.patroni().api();
        return new ClusterRecord(cluster, spec.username(), spec.password(), spec.sslMode(), instances, patroni);
    }

    private List<InstanceRecord> instances(String name, Register spec) {
        if (spec.patroni() != null) {
            return PatroniMembers.instances(patronis.at(spec.patroni().api()));
        }
        var instances = new ArrayList<InstanceRecord>();
        for (var address : spec.instances()) {
            var instance = address.name() == null ? name + "-" + (instances.size() + 1) : address.name();
            instances.add(new InstanceRecord(instance, null, address.address(), address.port(), null));
        }
        return instances;
    }
}
