package io.pgbosun.cluster;

import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Where on a host a new instance goes: a directory that nothing is at, and a port that nobody has. */
@Singleton
public class Placement {
    /** What a shell reads within double quotes, in which {@code pg_ctl start} puts the path. */
    private static final Pattern READ_BY_A_SHELL = Pattern.compile("[\"$`\\\\]");

    private final Hosts register;
    private final ClusterStore clusters;
    private final PgHosts hosts;

    Placement(Hosts register, ClusterStore clusters, PgHosts hosts) {
        this.register = register;
        this.clusters = clusters;
        this.hosts = hosts;
    }

    /** Whether there is such a host. */
    public boolean hasHost(String host) {
        return register.find(host).isPresent();
    }

    /**
     * The cluster's instance of the first number that is free.
     *
     * @param dataDirectory that the instances' data directories go into; null for one below the host's data root
     * @param port where it listens; null to find a free one
     * @param others instances of the cluster that have a place already
     */
    public InstanceRecord next(
            String cluster, String host, String dataDirectory, Integer port, List<InstanceRecord> others) {
        var root = dataDirectory == null
                ? Path.of(register.get(host).dataRoot()).resolve(cluster)
                : Path.of(dataDirectory);
        if (READ_BY_A_SHELL.matcher(root.toString()).find()) {
            throw Problem.invalid(
                    "dataDirectory",
                    "must not hold any of \" $ ` \\",
                    "Name another directory: pg_ctl hands the path to a shell.");
        }
        var address = hosts.address(host);
        var name = name(cluster, others);
        var directory = root.resolve(name);
        if (hosts.at(host).exists(directory)) {
            throw Problem.notPossible("There is something at " + directory
                    + " already, and it is not taken over; move it away, or name another dataDirectory.");
        }
        return new InstanceRecord(
                name, host, address, port == null ? freePort(host, address, others) : port, directory.toString());
    }

    private static String name(String cluster, List<InstanceRecord> others) {
        return IntStream.iterate(1, number -> number + 1)
                .mapToObj(number -> cluster + "-" + number)
                .filter(name -> others.stream().noneMatch(other -> other.name().equals(name)))
                .findFirst()
                .orElseThrow();
    }

    private int freePort(String host, String address, List<InstanceRecord> others) {
        while (true) {
            var port = hosts.at(host).freePort();
            var free = others.stream().noneMatch(instance -> instance.port() == port)
                    && clusters.ownerOf(address, port).isEmpty();
            if (free) {
                return port;
            }
        }
    }
}
