package io.pgbosun.cluster;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.SshHosts;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Page;
import io.pgbosun.store.Row;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The hosts that clusters are made on. */
@Singleton
public class Hosts {
    private static final int OLDEST = 15;

    private final Store store;
    private final HostStore hosts;
    private final PgPrograms programs;
    private final SshHosts ssh;
    private final AuditTrail audit;

    Hosts(Store store, HostStore hosts, PgPrograms programs, SshHosts ssh, AuditTrail audit) {
        this.store = store;
        this.hosts = hosts;
        this.programs = programs;
        this.ssh = ssh;
        this.audit = audit;
    }

    public Page<Host> list(Caller caller, Page.Request page) {
        caller.requireSomewhere(Permission.HOST_READ);
        return page.of(hosts.list(page), this::host, row -> row.text("name"));
    }

    public Host get(Caller caller, String name) {
        caller.requireSomewhere(Permission.HOST_READ);
        return get(name);
    }

    public Host create(Caller caller, CreateHost request) {
        caller.require(Permission.HOST_WRITE);
        if (hosts.find(request.name()).isPresent()) {
            throw Problem.alreadyExists("host", request.name());
        }
        var version = request.driver() == Host.Driver.SSH ? probed(request) : null;
        store.inTx(tx -> {
            if (!hosts.insert(tx, request, version)) {
                throw Problem.alreadyExists("host", request.name());
            }
            audit.write(
                    tx,
                    caller,
                    "host.create",
                    "hosts/" + request.name(),
                    null,
                    Map.of("driver", request.driver(), "address", request.address(), "dataRoot", request.dataRoot()));
        });
        hosts.changed(request.name());
        return get(request.name());
    }

    /** The version of its programs; a problem when it cannot be a host. */
    private int probed(CreateHost request) {
        if (Host.LOCAL.equals(request.name())) {
            throw Problem.invalid("name", "must not be 'local'", "That is the service's own host.");
        }
        var there = ssh.at(request.login());
        var version = there.majorVersion();
        if (version < OLDEST) {
            throw Problem.notPossible("PostgreSQL %d is on the host; install %d or newer.".formatted(version, OLDEST));
        }
        if (!there.exists(Path.of(request.dataRoot()))) {
            throw Problem.invalid(
                    "dataRoot",
                    "must be there",
                    "Make it on the host: install -d -m 0700 -o %s %s"
                            .formatted(request.sshUser(), request.dataRoot()));
        }
        tryOut(there, request);
        return version;
    }

    private static void tryOut(HostPrograms there, CreateHost request) {
        try {
            there.tryOut(Path.of(request.dataRoot()));
        } catch (Problem problem) {
            if (problem.type() != ProblemType.PROGRAM_FAILED) {
                throw problem;
            }
            throw Problem.invalid(
                    "dataRoot", "must be a directory that %s can write".formatted(request.sshUser()), problem.detail());
        }
    }

    /** Forgets a host that no instance is on. */
    public void delete(Caller caller, String name) {
        caller.require(Permission.HOST_WRITE);
        get(name);
        store.inTx(tx -> {
            if (!hosts.delete(tx, name)) {
                throw Problem.notPossible(
                        "Instances run on host '" + name + "'; delete or deregister their clusters first.");
            }
            audit.write(tx, caller, "host.delete", "hosts/" + name, null, Map.of());
        });
        hosts.changed(name);
    }

    Optional<Host> find(String name) {
        return hosts.find(name).map(this::withVersion);
    }

    Host get(String name) {
        return find(name).orElseThrow(() -> Problem.notFound("host", name));
    }

    private Host host(Row row) {
        return withVersion(HostStore.host(row));
    }

    /** Of the service's own host that is asked now. */
    private Host withVersion(Host host) {
        return host.driver() == Host.Driver.SSH
                ? host
                : new Host(
                        host.name(),
                        host.driver(),
                        host.dataRoot(),
                        host.address(),
                        null,
                        null,
                        null,
                        host.networks(),
                        null,
                        programs.majorVersion(),
                        host.createTime());
    }
}
