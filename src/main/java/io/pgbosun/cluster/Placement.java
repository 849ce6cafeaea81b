package io.pgbosun.cluster;

import io.pgbosun.host.PgPrograms;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Where on a host a new instance goes: a directory that nothing is at, and a port that nobody has. */
@Singleton
public class Placement {
    private final Hosts hosts;
    private final ClusterStore clusters;
    private final PgPrograms programs;

    Placement(Hosts hosts, ClusterStore clusters, PgPrograms programs) {
        this.hosts = hosts;
        this.clusters = clusters;
        this.programs = programs;
    }

    /** Whether there is such a host. */
    public boolean hasHost(String host) {
        return hosts.find(host).isPresent();
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
        var root =
                dataDirectory == null ? Path.of(hosts.get(host).dataRoot()).resolve(cluster) : Path.of(dataDirectory);
        var name = name(cluster, others);
        var directory = root.resolve(name);
        if (programs.exists(directory)) {
            throw Problem.notPossible("There is something at " + directory
                    + " already, and it is not taken over; move it away, or name another dataDirectory.");
        }
        return new InstanceRecord(
                name, host, "127.0.0.1", port == null ? freePort(others) : port, directory.toString());
    }

    private static String name(String cluster, List<InstanceRecord> others) {
        return IntStream.iterate(1, number -> number + 1)
                .mapToObj(number -> cluster + "-" + number)
                .filter(name -> others.stream().noneMatch(other -> other.name().equals(name)))
                .findFirst()
                .orElseThrow();
    }

    private int freePort(List<InstanceRecord> others) {
        while (true) {
            var port = programs.freePort();
            var free = others.stream().noneMatch(instance -> instance.port() == port)
                    && clusters.ownerOf("127.0.0.1", port).isEmpty();
            if (free) {
                return port;
            }
        }
    }
}
