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
