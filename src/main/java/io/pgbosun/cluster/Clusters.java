package io.pgbosun.cluster;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.cluster.Cluster.ClusterPolicy;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Reads and labels clusters, instances and databases, as far as the caller may. */
@Singleton
public class Clusters {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Store store;
    private final AuditTrail audit;

    Clusters(ClusterStore clusters, Topology topology, Store store, AuditTrail audit) {
        this.clusters = clusters;
        this.topology = topology;
        this.store = store;
        this.audit = audit;
    }

    /** A change of a cluster's record; what is null stays as it is. */
    @Schema(description = "A change of a cluster's record; what is left out stays as it is.")
    public record UpdateCluster(@Labels Map<String, String> labels, ClusterPolicy policy) {}

    /** The labels a database is to have. */
    @Schema(description = "The labels a database is to have; they replace those it has.")
    public record LabelDatabase(@NotNull @Labels Map<String, String> labels) {}

    public Cluster get(Caller caller, String name) {
        return readable(caller, Permission.CLUSTER_READ, name).cluster();
    }

    /** By name; only those with all the given labels. */
    public Page<Cluster> list(Caller caller, Map<String, String> labels, Page.Request page) {
        caller.requireSomewhere(Permission.CLUSTER_READ);
        return clusters.list(caller, labels, page);
    }

    /** Asks every instance just now. */
    public List<Instance> instances(Caller caller, String name) {
        return topology.instances(readable(caller, Permission.CLUSTER_READ, name));
    }

    /** Asks the primary just now. */
    public List<Database> databases(Caller caller, String name) {
        var cluster = readable(caller, Permission.CLUSTER_READ, name);
        var labels = clusters.databaseLabels(name);
        return topology.primary(cluster).databases().stream()
                .map(facts -> new Database(
                        name,
                        facts.name(),
                        facts.owner(),
                        facts.encoding(),
                        facts.sizeBytes(),
                        labels.getOrDefault(facts.name(), Map.of())))
                .toList();
    }

    /** The databases of all clusters that have all the given labels: where a service's data is. */
    public List<Database> databases(Caller caller, Map<String, String> labels) {
        caller.requireSomewhere(Permission.CLUSTER_READ);
        return clusters.labelled(caller, labels).stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        Map.Entry::getKey,
                        java.util.TreeMap::new,
                        java.util.stream.Collectors.mapping(Map.Entry::getValue, java.util.stream.Collectors.toSet())))
                .entrySet()
                .stream()
                .flatMap(entry -> databases(caller, entry.getKey()).stream()
                        .filter(database -> entry.getValue().contains(database.name())))
                .toList();
    }

    /** Changes labels or policy; with an etag, only when nobody else has changed the cluster since it was read. */
    public Cluster update(Caller caller, String name, UpdateCluster change, String etag) {
        var before = readable(caller, Permission.CLUSTER_UPDATE, name).cluster();
        var labels = change.labels() == null ? before.labels() : change.labels();
        var policy = change.policy() == null ? before.policy() : change.policy();
        caller.require(Permission.CLUSTER_UPDATE, labels);
        if (!policy.equals(before.policy())) {
            caller.require(Permission.CLUSTER_CREATE, before.labels());
        }
        store.inTx(tx -> {
            if (!clusters.update(tx, name, labels, policy, etag)) {
                throw Problem.of(
                        ProblemType.STALE,
                        "The cluster was changed since you read it; read it again and repeat the change.");
            }
            audit.write(
                    tx, caller, "cluster.update", "clusters/" + name, null, Map.of("labels", labels, "policy", policy));
        });
        clusters.changed(name);
        return get(caller, name);
    }

    /** Labels a database, so that a service's data is found by label and never by guessing its name. */
    public Database label(Caller caller, String name, String database, LabelDatabase change) {
        var cluster = readable(caller, Permission.CLUSTER_UPDATE, name);
        if (!topology.primary(cluster).databaseExists(database)) {
            throw Problem.notFound("database", database);
        }
        store.inTx(tx -> {
            clusters.labelDatabase(tx, name, database, change.labels());
            audit.write(
                    tx,
                    caller,
                    "database.label",
                    "clusters/" + name + "/databases/" + database,
                    null,
                    Map.of("labels", change.labels()));
        });
        return databases(caller, name).stream()
                .filter(found -> found.name().equals(database))
                .findFirst()
                .orElseThrow();
    }

    private ClusterRecord readable(Caller caller, Permission permission, String name) {
        caller.requireSomewhere(permission);
        var cluster = clusters.get(io.pgbosun.operation.Target.cluster(name).id());
        var labels = cluster.cluster().labels();
        if (!caller.may(Permission.CLUSTER_READ, labels)) {
            throw Problem.notFound("cluster", name);
        }
        caller.require(permission, labels);
        return cluster;
    }
}
