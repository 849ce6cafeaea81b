package io.pgbosun.backup;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Topology;
import io.pgbosun.host.ArchiveMethod;
import io.pgbosun.host.HostPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.host.Servers;
import io.pgbosun.host.WalArchive;
import io.pgbosun.host.WalArchives;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.Steps;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What enabling and disabling the archiving of WAL have in common: settings of instances, and their way back. */
@Singleton
class ArchivingRunbook {
    static final String MODE = "archive_mode";
    static final String COMMAND = "archive_command";
    static final String TIMEOUT = "archive_timeout";

    private final ClusterStore clusters;
    private final Topology topology;
    private final Repositories repositories;
    private final WalArchives archives;
    private final PgHosts hosts;
    private final Servers servers;

    ArchivingRunbook(
            ClusterStore clusters,
            Topology topology,
            Repositories repositories,
            WalArchives archives,
            PgHosts hosts,
            Servers servers) {
        this.clusters = clusters;
        this.topology = topology;
        this.repositories = repositories;
        this.archives = archives;
        this.hosts = hosts;
        this.servers = servers;
    }

    /**
     * How an instance was before.
     *
     * @param archives whether its archive_mode is on
     * @param command its archive_command, as {@code pg_settings} shows it
     * @param altered what {@code ALTER SYSTEM} had set of the settings; those it had not are absent
     */
    record Old(String instance, boolean archives, String command, Map<String, String> altered) {
        /** Whether its WAL goes anywhere. */
        boolean archivesSomewhere() {
            return archives && !command.isEmpty() && !command.equals(ServerCommand.NOTHING);
        }
    }

    /**
     * How a cluster was before.
     *
     * @param instances the primary is the last one
     * @param failures of the primary's archiving
     */
    record Before(
            List<Old> instances, WalArchiveStore.Archiving archiving, Instant time, long failures, String primary) {}

    ClusterRecord cluster(String name) {
        return clusters.get(name);
    }

    WalArchive archive(ArchiveMethod method, String cluster, String repository) {
        return archives.at(method, repository, repositories.location(repository), cluster);
    }

    Server primary(ClusterRecord cluster) {
        return topology.primary(cluster);
    }

    /** Settings are changed on every instance, so that a standby that is promoted goes on where the primary was. */
    Before look(ClusterRecord cluster, WalArchiveStore.Archiving archiving, Instant now) {
        var primary = topology.primaryEndpoint(cluster);
        var instances = new ArrayList<Old>();
        var last = new ArrayList<Old>();
        for (var instance : cluster.instances()) {
            var isPrimary = cluster.endpoint(instance).equals(primary);
            (isPrimary ? last : instances).add(old(instance, server(cluster, instance)));
        }
        instances.addAll(last);
        return new Before(
                instances,
                archiving,
                now.truncatedTo(ChronoUnit.MICROS), // as the control database keeps it
                servers.at(primary).archiver().failedCount(),
                last.getFirst().instance());
    }

    private static Old old(InstanceRecord instance, Server server) {
        var altered = new LinkedHashMap<String, String>();
        for (var name : List.of(MODE, COMMAND, TIMEOUT)) {
            var value = server.setting(name).altered();
            if (value != null) {
                altered.put(name, value);
            }
        }
        return new Old(instance.name(), isOn(server), server.setting(COMMAND).value(), altered);
    }

    private static boolean isOn(Server server) {
        return !server.setting(MODE).value().equals("off");
    }

    Server server(ClusterRecord cluster, InstanceRecord instance) {
        return servers.at(cluster.endpoint(instance));
    }

    static InstanceRecord instance(ClusterRecord cluster, String name) {
        return cluster.instance(name).orElseThrow(() -> Problem.notFound("instance", name));
    }

    HostPrograms programs(InstanceRecord instance) {
        return hosts.of(instance);
    }

    /** Those on hosts that no archive is on. */
    boolean isElsewhere(InstanceRecord instance) {
        return instance.host() != null && !hosts.isLocal(instance.host());
    }

    void checkHosts(ClusterRecord cluster, ArchiveMethod method, Checks checks) {
        checks.need(
                "provisioned by pgbosun",
                cluster.hasHosts(),
                cluster.cluster().origin(),
                "PROVISIONED",
                "pgbosun does not reach the hosts of this cluster: set archive_mode and archive_command there yourself.");
        var elsewhere = cluster.instances().stream()
                .filter(this::isElsewhere)
                .map(InstanceRecord::name)
                .toList();
        checks.need(
                "the method archives from where all instances are",
                elsewhere.isEmpty() || method == ArchiveMethod.SCRIPT,
                elsewhere.isEmpty() ? "on the service's own host" : "elsewhere: " + String.join(", ", elsewhere),
                "SCRIPT, or hosts with the driver LOCAL",
                "Use method SCRIPT: pgBackRest archives on the service's own host alone.");
    }

    /** One step for each instance that sets what is given and reloads; it is set back on failure. */
    void set(Steps steps, ClusterRecord cluster, Old old, Map<String, String> settings) {
        var server = server(cluster, instance(cluster, old.instance()));
        steps.ensure(
                "set archive_command of " + old.instance(),
                () -> settings.entrySet().stream()
                        .allMatch(setting -> setting.getValue()
                                .equals(server.setting(setting.getKey()).altered())),
                () -> alter(server, settings),
                () -> setBack(server, old));
    }

    private static void alter(Server server, Map<String, String> settings) {
        settings.forEach(server::alterSystem);
        server.reload();
    }

    private static void setBack(Server server, Old old) {
        for (var name : List.of(MODE, COMMAND, TIMEOUT)) {
            var value = old.altered().get(name);
            if (!Objects.equals(server.setting(name).altered(), value)) {
                server.alterSystem(name, value);
            }
        }
        server.reload();
    }

    /** Restarts an instance whose archive_mode is off; on failure it is restarted with its old settings. */
    void restart(Steps steps, ClusterRecord cluster, Old old) {
        var instance = instance(cluster, old.instance());
        var server = server(cluster, instance);
        var programs = programs(instance);
        var data = instance.directory();
        steps.ensure(
                "restart " + instance.name(),
                () -> programs.ready(data) && isOn(server),
                () -> restart(programs, data),
                () -> {
                    programs.start(data);
                    setBack(server, old);
                    restart(programs, data);
                });
    }

    private static void restart(HostPrograms programs, Path data) {
        programs.stop(data);
        programs.start(data);
    }

    /** As PostgreSQL and the shell that it starts read it: a percent sign is doubled, and names are in quotes. */
    String command(InstanceRecord instance, Path directory) {
        var script = programs(instance).archiveScript(instance.directory());
        return ServerCommand.quoted(script) + " \"%p\" " + ServerCommand.quoted(directory) + "/\"%f\"";
    }
}
