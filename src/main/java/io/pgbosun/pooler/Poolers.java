package io.pgbosun.pooler;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Permission;
import io.pgbosun.audit.AuditTrail;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Clusters;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PoolerConsole;
import io.pgbosun.host.PoolerDatabase;
import io.pgbosun.host.PoolerPool;
import io.pgbosun.host.PoolerSocket;
import io.pgbosun.host.PoolerStats;
import io.pgbosun.problem.Problem;
import io.pgbosun.problem.ProblemType;
import io.pgbosun.store.Page;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Poolers as callers see them; what they say of themselves is asked just then. */
@Singleton
public class Poolers {
    private final PoolerStore poolers;
    private final PoolerControl control;
    private final Clusters clusters;
    private final ClusterStore clusterStore;
    private final Topology topology;
    private final Store store;
    private final AuditTrail audit;

    Poolers(
            PoolerStore poolers,
            PoolerControl control,
            Clusters clusters,
            ClusterStore clusterStore,
            Topology topology,
            Store store,
            AuditTrail audit) {
        this.poolers = poolers;
        this.control = control;
        this.clusters = clusters;
        this.clusterStore = clusterStore;
        this.topology = topology;
        this.store = store;
        this.audit = audit;
    }

    /** By name; nobody is asked. */
    public Page<Pooler> list(Caller caller, String cluster, Page.Request page) {
        require(caller, Permission.POOLER_READ, cluster);
        return poolers.list(cluster, page);
    }

    /** With what it runs, or why it does not answer. */
    public Pooler get(Caller caller, String cluster, String name) {
        var record = readable(caller, cluster, name);
        return record.pooler().with(running(record));
    }

    private Pooler.Running running(PoolerRecord record) {
        try {
            var console = control.console(record);
            var databases = console.databases();
            return new Pooler.Running(
                    console.version(),
                    PoolerControl.named(record, databases, PoolerDatabase::paused),
                    PoolerControl.named(record, databases, PoolerDatabase::disabled),
                    "");
        } catch (Problem problem) {
            return new Pooler.Running(null, List.of(), List.of(), problem.detail());
        }
    }

    /** Asks its console, and refuses with exactly what is wrong there. */
    public Pooler create(Caller caller, String cluster, CreatePooler request) {
        require(caller, Permission.POOLER_WRITE, cluster);
        if (poolers.find(cluster, request.name()).isPresent()) {
            throw Problem.alreadyExists("pooler", request.name());
        }
        var file = Path.of(request.configFile());
        if (!file.equals(file.normalize())) {
            throw Problem.invalid("configFile", "must be a path without '..'", "Write where the file really is.");
        }
        var asked = asked(cluster, request);
        control.requireOurs(asked);
        store.inTx(tx -> {
            poolers.insert(tx, cluster, request);
            audit.write(
                    tx,
                    caller,
                    "pooler.create",
                    asked.pooler().path(),
                    null,
                    Map.of("console", asked.console().display(), "configFile", request.configFile()));
        });
        return get(caller, cluster, request.name());
    }

    private static PoolerRecord asked(String cluster, CreatePooler request) {
        var pooler = new Pooler(
                cluster,
                request.name(),
                request.address(),
                request.port(),
                request.username(),
                request.sslMode(),
                request.databases(),
                request.configFile(),
                null,
                null);
        return new PoolerRecord(
                pooler,
                new Endpoint(
                        request.address(), request.port(), request.username(), request.password(), request.sslMode()));
    }

    /** Forgets it; it runs on as it is configured. */
    public void delete(Caller caller, String cluster, String name) {
        require(caller, Permission.POOLER_WRITE, cluster);
        var pooler = poolers.get(cluster, name).pooler();
        store.inTx(tx -> {
            if (!poolers.delete(tx, cluster, name)) {
                throw Problem.of(
                        ProblemType.BUSY,
                        "An operation that needs the pooler '" + name + "' has not ended; wait for it.");
            }
            audit.write(tx, caller, "pooler.delete", pooler.path(), null, Map.of());
        });
    }

    /** {@code SHOW POOLS}. */
    public List<PoolerPool> pools(Caller caller, String cluster, String name) {
        return ask(caller, cluster, name, PoolerConsole::pools);
    }

    /** {@code SHOW CLIENTS}. */
    public List<PoolerSocket> clients(Caller caller, String cluster, String name) {
        return ask(caller, cluster, name, PoolerConsole::clients);
    }

    /** {@code SHOW SERVERS}. */
    public List<PoolerSocket> servers(Caller caller, String cluster, String name) {
        return ask(caller, cluster, name, PoolerConsole::servers);
    }

    /** {@code SHOW STATS}. */
    public List<PoolerStats> stats(Caller caller, String cluster, String name) {
        return ask(caller, cluster, name, PoolerConsole::stats);
    }

    private <T> T ask(Caller caller, String cluster, String name, Function<PoolerConsole, T> question) {
        return question.apply(control.console(readable(caller, cluster, name)));
    }

    /** How it is to be configured for the current primary, and how it is. */
    public PoolerConfig config(Caller caller, String cluster, String name) {
        var record = readable(caller, cluster, name);
        var primary = topology.primaryEndpoint(clusterStore.get(cluster));
        var held = control.held(record);
        var running = control.console(record).databases();
        var differences = PoolerControl.differences(record, primary, held, running);
        return new PoolerConfig(
                cluster,
                name,
                primary.display(),
                record.pooler().configFile(),
                PoolerControl.settings(record, primary).text(),
                held.filter(PoolerSettings::isOfDatabasesAlone).orElse(null),
                running,
                differences.isEmpty(),
                differences);
    }

    private PoolerRecord readable(Caller caller, String cluster, String name) {
        require(caller, Permission.POOLER_READ, cluster);
        return poolers.get(cluster, name);
    }

    private void require(Caller caller, Permission permission, String cluster) {
        caller.requireSomewhere(permission);
        caller.require(permission, clusters.get(caller, cluster).labels());
    }
}
