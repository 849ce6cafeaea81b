package io.pgbosun.replication;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.Host;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.cluster.Placement;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.host.DatabaseFacts;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.replication.AddStandby.AddStandbyResult;
import io.pgbosun.secret.Secret;
import io.pgbosun.token.Tokens;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

@Singleton
class AddStandbyHandler implements OperationHandler<AddStandby, AddStandbyResult> {
    private final ClusterStore clusters;
    private final Topology topology;
    private final Placement placement;
    private final Followers followers;
    private final PgHosts hosts;
    private final Servers servers;

    AddStandbyHandler(
            ClusterStore clusters,
            Topology topology,
            Placement placement,
            Followers followers,
            PgHosts hosts,
            Servers servers) {
        this.clusters = clusters;
        this.topology = topology;
        this.placement = placement;
        this.followers = followers;
        this.hosts = hosts;
        this.servers = servers;
    }

    /**
     * Where it goes and whom it follows; decided once.
     *
     * @param knowing a standby that knows how to log in; null when there is none
     */
    record Chosen(InstanceRecord standby, InstanceRecord upstream, InstanceRecord primary, InstanceRecord knowing) {}

    /** Settings, for the journal. */
    record Settings(Map<String, String> settings) {}

    @Override
    public void check(Target target, AddStandby spec, Checks checks) {
        var cluster = clusters.get(target.id());
        Standbys.requireOurs(cluster, "Start Patroni on the new host: it makes the standby by itself.", checks);
        var primary = topology.primary(cluster);
        var sightings = topology.look(cluster);
        var upstream = upstream(sightings, spec);
        checks.need(
                "the instance that it follows answers",
                upstream.isPresent(),
                spec.upstream() == null ? "no primary answers" : spec.upstream(),
                "one of "
                        + cluster.instances().stream().map(InstanceRecord::name).toList(),
                "Choose one that answers, or start it.");
        upstream.ifPresent(sighting -> upstream(sighting, spec, primary, checks));
    }

    private void upstream(Sighting upstream, AddStandby spec, Server primary, Checks checks) {
        var host = spec.host() == null ? upstream.instance().host() : spec.host();
        var known = host != null && placement.hasHost(host);
        checks.need("host is known", known, host, "a registered host", "List them with GET /v1/hosts.");
        if (known && !host.equals(upstream.instance().host())) {
            elsewhere(host, upstream, checks);
        }
        var state = topology.server(upstream).replication();
        checks.need(
                "one more standby can stream from there",
                state.takesOneMore(),
                "%d of %d WAL senders, %d of %d slots"
                        .formatted(
                                state.senders().size(),
                                state.maxWalSenders(),
                                state.slots().size(),
                                state.maxReplicationSlots()),
                "a WAL sender and a slot that are free",
                "Raise max_wal_senders or max_replication_slots, and restart it.");
        checks.needsDisk(
                primary.databases().stream().mapToLong(DatabaseFacts::sizeBytes).sum());
        checks.restsOn("upstream", upstream.instance().name());
    }

    private void elsewhere(String host, Sighting upstream, Checks checks) {
        var address = upstream.instance().address();
        checks.need(
                "other hosts reach " + upstream.instance().name(),
                !Host.LOOPBACK.equals(address),
                address,
                "an address that other hosts reach",
                "Its host was added without an address, so that its servers listen for themselves alone: make the cluster on a host that has one.");
        var wanted = upstream.facts().majorVersion();
        var version = hosts.at(host).majorVersion();
        checks.need(
                "PostgreSQL on the host is of the same version",
                version == wanted,
                version,
                String.valueOf(wanted),
                "Install postgresql-" + wanted + " on the host.");
    }

    private static Optional<Sighting> upstream(List<Sighting> sightings, AddStandby spec) {
        return sightings.stream()
                .filter(Sighting::up)
                .filter(sighting -> spec.upstream() == null
                        ? sighting.primary()
                        : sighting.instance().name().equals(spec.upstream()))
                .findFirst();
    }

    @Override
    public AddStandbyResult run(Target target, AddStandby spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var chosen = steps.get("choose where it goes", Chosen.class, () -> choose(cluster, spec));
        var standby = chosen.standby();
        var upstream = chosen.upstream();
        var directory = standby.directory();
        var source = servers.at(cluster.endpoint(upstream));
        var settings =
                steps.get("read the settings of " + upstream.name(), Settings.class, () -> settings(upstream, standby));
        var login = login(steps, cluster, chosen);
        followers.reserveSlot(steps, standby, upstream, source);
        steps.ensure(
                "copy " + upstream.name() + " to " + standby.name(),
                () -> hosts.of(standby).initialized(directory),
                () -> hosts.of(standby).baseBackup(Followers.at(upstream, login), directory, standby.slot()),
                () -> hosts.of(standby).remove(directory));
        steps.act("configure " + standby.name(), () -> hosts.configure(standby, settings.settings()));
        followers.haveFollow(steps, standby, upstream, login);
        followers.start(steps, standby);
        followers.archiveByItself(steps, standby, cluster.instances(), servers.at(cluster.endpoint(standby)));
        followers.awaitStreaming(steps, standby, source);
        steps.ensure(
                "record " + standby.name(),
                () -> clusters.get(target.id()).instance(standby.name()).isPresent(),
                () -> clusters.put(target.id(), standby),
                () -> clusters.remove(target.id(), standby.name()));
        return new AddStandbyResult(standby.name(), upstream.name(), standby.port());
    }

    private Chosen choose(ClusterRecord cluster, AddStandby spec) {
        var sightings = topology.look(cluster);
        var upstream = upstream(sightings, spec)
                .orElseThrow(() -> Problem.notPossible("The instance that it is to follow does not answer."))
                .instance();
        var host = spec.host() == null ? upstream.host() : spec.host();
        var beside = spec.dataDirectory() == null && host.equals(upstream.host())
                ? Path.of(upstream.dataDirectory()).getParent().toString()
                : spec.dataDirectory();
        var standby = placement.next(cluster.cluster().name(), host, beside, spec.port(), cluster.instances());
        var knowing = sightings.stream().filter(Sighting::standby).findFirst();
        var primary = sightings.stream()
                .filter(Sighting::primary)
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("No primary answers."))
                .instance();
        return new Chosen(
                standby, upstream, primary, knowing.map(Sighting::instance).orElse(null));
    }

    /** It has the same ones, but for where it listens and what it is called. */
    private Settings settings(InstanceRecord upstream, InstanceRecord standby) {
        var settings = new TreeMap<>(hosts.of(upstream).settings(upstream.directory()));
        settings.put("listen_addresses", standby.address());
        settings.put("port", String.valueOf(standby.port()));
        settings.put("cluster_name", standby.name());
        return new Settings(settings);
    }

    /** As the other standbys; the first one has a password of its own made, which nobody knew. */
    private Endpoint login(Steps steps, ClusterRecord cluster, Chosen chosen) {
        if (chosen.knowing() != null) {
            return followers.login(steps, chosen.knowing());
        }
        var primary = chosen.primary();
        var login = steps.get(
                "choose how standbys log in",
                Endpoint.class,
                () -> new Endpoint(
                        primary.address(),
                        primary.port(),
                        ClusterRecord.REPLICATION_ROLE,
                        Secret.of(Tokens.randomText()),
                        cluster.sslMode()));
        steps.act(
                "let standbys log in",
                () -> servers.at(cluster.endpoint(primary)).createReplicationRole(login.username(), login.password()));
        return login;
    }
}
