package io.pgbosun.cluster;

import io.pgbosun.cluster.Provision.ProvisionResult;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.ServerCommand;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.secret.Secret;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

@Singleton
class ProvisionHandler implements OperationHandler<Provision, ProvisionResult> {
    private static final String SYNCHRONOUS = "synchronous_standby_names";

    private final Placement placement;
    private final ClusterStore clusters;
    private final NewStandbys standbys;
    private final PgHosts hosts;
    private final PgPrograms programs;
    private final Servers servers;
    private final Clock clock;

    ProvisionHandler(
            Placement placement,
            ClusterStore clusters,
            NewStandbys standbys,
            PgHosts hosts,
            PgPrograms programs,
            Servers servers,
            Clock clock) {
        this.placement = placement;
        this.clusters = clusters;
        this.standbys = standbys;
        this.hosts = hosts;
        this.programs = programs;
        this.servers = servers;
        this.clock = clock;
    }

    /** Where everything goes, and the passwords; chosen once. */
    record Layout(List<InstanceRecord> instances, Secret superuserPassword, Secret replicationPassword) {
        InstanceRecord primary() {
            return instances.getFirst();
        }

        List<InstanceRecord> standbys() {
            return instances.subList(1, instances.size());
        }
    }

    @Override
    public void check(Target target, Provision spec, Checks checks) {
        var known = placement.hasHost(spec.host());
        checks.need("host is known", known, spec.host(), "a registered host", "List them with GET /v1/hosts.");
        if (known) {
            var version = hosts.at(spec.host()).majorVersion();
            checks.need(
                    "PostgreSQL is new enough",
                    version >= 15,
                    version,
                    "15 or newer",
                    "Install a newer PostgreSQL server on the host.");
        }
        checks.restsOn("host", spec.host());
    }

    @Override
    public ProvisionResult run(Target target, Provision spec, Steps steps) {
        var layout =
                steps.get("choose ports, directories and passwords", Layout.class, () -> layout(target.id(), spec));
        var primary = layout.primary();
        makePrimary(steps, spec, layout);
        for (var standby : layout.standbys()) {
            makeStandby(steps, spec, layout, standby);
        }
        var server = servers.at(endpoint(layout, primary));
        if (spec.parameters().containsKey(SYNCHRONOUS)) {
            steps.act("have commits wait for standbys", () -> {
                hosts.configure(primary, settings(spec, primary));
                server.reload();
            });
        }
        for (var database : spec.databases()) {
            steps.ensure(
                    "create database " + database,
                    () -> server.databaseExists(database),
                    () -> server.createDatabase(database, null));
        }
        if (spec.seed() != null) {
            var database = spec.databases().getFirst();
            steps.act(
                    "fill " + database + " with sample data",
                    () -> fill(spec.seed(), endpoint(layout, primary), database));
        }
        steps.ensure(
                "record the cluster",
                () -> clusters.find(target.id()).isPresent(),
                () -> clusters.insert(record(target.id(), spec, layout, server)),
                () -> clusters.delete(target.id()));
        return new ProvisionResult(
                target.id(),
                layout.instances().stream().map(InstanceRecord::name).toList(),
                primary.port());
    }

    private void makePrimary(Steps steps, Provision spec, Layout layout) {
        var primary = layout.primary();
        var directory = primary.directory();
        var server = servers.at(endpoint(layout, primary));
        steps.ensure(
                "initialise " + primary.name(),
                () -> hosts.of(primary).initialized(directory),
                () -> hosts.of(primary).initdb(directory, "postgres", layout.superuserPassword()),
                () -> hosts.of(primary).remove(directory));
        steps.act("configure " + primary.name(), () -> {
            var settings = settings(spec, primary);
            settings.remove(SYNCHRONOUS); // no commit would come to an end before there are standbys
            hosts.configure(primary, settings);
        });
        standbys.start(steps, primary);
        steps.ensure(
                "create the replication role",
                () -> server.roleExists(ClusterRecord.REPLICATION_ROLE),
                () -> server.createReplicationRole(ClusterRecord.REPLICATION_ROLE, layout.replicationPassword()));
    }

    private void makeStandby(Steps steps, Provision spec, Layout layout, InstanceRecord standby) {
        var primary = servers.at(endpoint(layout, layout.primary()));
        var replication = new Endpoint(
                layout.primary().address(),
                layout.primary().port(),
                ClusterRecord.REPLICATION_ROLE,
                layout.replicationPassword(),
                "disable");
        standbys.make(steps, primary, replication, standby, () -> settings(spec, standby));
    }

    private void fill(Provision.Seed seed, Endpoint primary, String database) {
        programs.sampleData(primary, database, seed.pgbenchScale());
        servers.at(primary).script(database, """
                        drop table if exists orders;
                        create table orders (
                          id bigint generated always as identity primary key,
                          customer text not null,
                          amount numeric(10, 2) not null,
                          created_at timestamptz not null default now()
                        );
                        create index orders_created_at on orders (created_at);
                        insert into orders (customer, amount, created_at)
                        select 'customer ' || n %% 1000, n %% 500 + 0.99, now() - n * interval '1 second'
                        from generate_series(1, %d) n
                        """.formatted(seed.orders()));
    }

    private Layout layout(String cluster, Provision spec) {
        var instances = new ArrayList<InstanceRecord>();
        for (var number = 0; number <= spec.standbys(); number++) {
            var port = spec.port() == null ? null : Integer.valueOf(spec.port() + number);
            instances.add(placement.next(cluster, spec.host(), spec.dataDirectory(), port, List.copyOf(instances)));
        }
        return new Layout(instances, randomSecret(), randomSecret());
    }

    private static Secret randomSecret() {
        return Secret.of(io.pgbosun.token.Tokens.randomText());
    }

    private static Map<String, String> settings(Provision spec, InstanceRecord instance) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("wal_level", "replica");
        settings.put("max_wal_senders", "10");
        settings.put("max_replication_slots", "10");
        settings.put("max_slot_wal_keep_size", "4GB");
        settings.put("wal_keep_size", "256MB");
        settings.put("wal_log_hints", "on");
        settings.put("hot_standby", "on");
        settings.put("wal_sender_timeout", "10s"); // standbys are to notice a primary that is gone
        settings.put("wal_receiver_timeout", "10s");
        settings.put("archive_mode", "on"); // changes with a restart alone; the command changes with a reload
        settings.put("archive_command", ServerCommand.NOTHING);
        settings.put("password_encryption", "scram-sha-256");
        settings.put("log_line_prefix", "%m [%p] %q%u@%d %a ");
        settings.put("log_lock_waits", "on");
        settings.put("log_statement", "ddl"); // who defined or dropped what; the doctor reads there what our runs did
        settings.put("shared_preload_libraries", "pg_stat_statements");
        settings.putAll(spec.parameters());
        settings.put("listen_addresses", instance.address());
        settings.put("port", String.valueOf(instance.port()));
        settings.put("unix_socket_directories", "");
        settings.put("cluster_name", instance.name());
        return settings;
    }

    private static Endpoint endpoint(Layout layout, InstanceRecord instance) {
        return new Endpoint(instance.address(), instance.port(), "postgres", layout.superuserPassword(), "disable");
    }

    private ClusterRecord record(String name, Provision spec, Layout layout, Server primary) {
        var cluster = new Cluster(
                name,
                Cluster.Driver.NATIVE,
                Cluster.Origin.PROVISIONED,
                spec.labels(),
                Cluster.ClusterPolicy.NONE,
                primary.facts().systemIdentifier(),
                layout.instances().size(),
                "1",
                clock.instant());
        return new ClusterRecord(cluster, "postgres", layout.superuserPassword(), "disable", layout.instances());
    }
}
