package io.pgbosun.cluster;

import io.pgbosun.cluster.Cluster.Driver;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PatroniApi;
import io.pgbosun.operation.Checks;
import io.pgbosun.secret.Secret;
import java.util.List;
import java.util.Optional;

/**
 * A cluster with what is needed to talk to it; never shown to a caller.
 *
 * @param username the role that pgbosun logs in as
 * @param patroni how its Patroni is reached; null when pgbosun drives it itself
 */
public record ClusterRecord(
        Cluster cluster,
        String username,
        Secret password,
        String sslMode,
        List<InstanceRecord> instances,
        PatroniApi patroni) {
    /** The role that standbys log in with where pgbosun has made them. */
    public static final String REPLICATION_ROLE = "pgbosun_replication";

    /** A cluster that pgbosun drives itself. */
    public ClusterRecord(
            Cluster cluster, String username, Secret password, String sslMode, List<InstanceRecord> instances) {
        this(cluster, username, password, sslMode, instances, null);
    }

    /** Whether Patroni decides who its primary is. */
    public boolean isPatroni() {
        return cluster.driver() == Driver.PATRONI;
    }

    public Optional<InstanceRecord> instance(String name) {
        return instances.stream()
                .filter(instance -> instance.name().equals(name))
                .findFirst();
    }

    public Endpoint endpoint(InstanceRecord instance) {
        return new Endpoint(instance.address(), instance.port(), username, password, sslMode);
    }

    /** Whether pgbosun can start and stop its servers. */
    public boolean hasHosts() {
        return instances.stream().allMatch(instance -> instance.dataDirectory() != null);
    }

    /**
     * Blocks when one of these is none of its instances.
     *
     * @param names null for all of them
     */
    public void requireInstances(List<String> names, Checks checks) {
        var known = instances.stream().map(InstanceRecord::name).toList();
        var unknown = names == null
                ? List.<String>of()
                : names.stream().filter(name -> !known.contains(name)).toList();
        checks.need(
                "the instances are of this cluster",
                unknown.isEmpty(),
                unknown.isEmpty() ? "all" : "not: " + unknown,
                "some of " + known,
                "List them with GET /v1/clusters/{cluster}/instances.");
    }

    /** Blocks what needs to start or stop servers, or to read their disks. */
    public void requireHosts(Checks checks) {
        checks.need(
                "runs on a host of ours",
                hasHosts(),
                cluster.origin(),
                "a provisioned cluster",
                "Use the tools of the host it runs on.");
    }
}
