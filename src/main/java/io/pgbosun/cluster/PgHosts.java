package io.pgbosun.cluster;

import io.pgbosun.host.Admitted;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.SshHosts;
import io.pgbosun.host.Work;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** The programs of PostgreSQL on the host that an instance is on: the service's own, or one that is reached by SSH. */
@Singleton
public class PgHosts {
    private final PgPrograms local;
    private final SshHosts ssh;
    private final HostStore hosts;

    PgHosts(PgPrograms local, SshHosts ssh, HostStore hosts) {
        this.local = local;
        this.ssh = ssh;
        this.hosts = hosts;
    }

    public HostPrograms of(InstanceRecord instance) {
        if (instance.host() == null) {
            throw Problem.notPossible(
                    "The host of %s is not known: pgbosun only connects to it.".formatted(instance.name()));
        }
        return at(instance.host());
    }

    public HostPrograms at(String host) {
        return Host.LOCAL.equals(host) ? local : at(host(host));
    }

    private HostPrograms at(Host host) {
        if (host.driver() == Host.Driver.LOCAL) {
            return local;
        }
        var programs = ssh.at(host.login());
        var place = "hosts/" + host.name();
        Work.current().filter(work -> work.mustEndLeftoversAt(place)).ifPresent(work -> {
            programs.endProcesses(work.operation(), work.epoch());
            work.leftoversEndedAt(place);
        });
        return programs;
    }

    /** Whether the instances of this host are on the service's own machine, where backups and WAL are read and written. */
    public boolean isLocal(String host) {
        return Host.LOCAL.equals(host) || host(host).driver() == Host.Driver.LOCAL;
    }

    /** Gives an instance its settings, and lets in whom its host says. */
    public void configure(InstanceRecord instance, Map<String, String> settings) {
        var programs = of(instance);
        programs.configure(instance.directory(), settings);
        if (!Host.LOCAL.equals(instance.host())) {
            programs.admit(instance.directory(), host(instance.host()).networks());
        }
    }

    /** From where a server on a host is reached while it lets in nobody but its own superuser. */
    public List<String> networks(String host) {
        return Host.LOCAL.equals(host) ? Admitted.HERE : host(host).networks();
    }

    /** Where servers on a host listen. */
    String address(String host) {
        return Host.LOCAL.equals(host) ? Host.LOOPBACK : host(host).address();
    }

    private Host host(String name) {
        return hosts.recent(name).orElseThrow(() -> Problem.notFound("host", name));
    }
}
