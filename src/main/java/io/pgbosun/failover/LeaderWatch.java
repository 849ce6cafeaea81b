package io.pgbosun.failover;

import io.pgbosun.access.Caller;
import io.pgbosun.access.Channel;
import io.pgbosun.access.Grant;
import io.pgbosun.access.Role;
import io.pgbosun.cluster.Cluster.Driver;
import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PatroniMembers;
import io.pgbosun.cluster.Topology;
import io.pgbosun.cluster.Topology.Sighting;
import io.pgbosun.failover.LeaderStore.Known;
import io.pgbosun.failover.PrimaryChangeStore.Last;
import io.pgbosun.host.PatroniCluster;
import io.pgbosun.operation.Ids;
import io.pgbosun.operation.Operations;
import io.pgbosun.operation.Recurring;
import io.pgbosun.operation.StartOptions;
import io.pgbosun.operation.Target;
import io.pgbosun.problem.Problem;
import io.pgbosun.store.Store;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Sees whom Patroni makes the leader, in every service that works. A change that nobody here started is recorded as a failover
 * of Patroni's own, and clients are led to the new leader; they are led away from whoever takes writes besides. Patroni decides;
 * this only follows. Primaries that pgbosun has failed over from are watched too: one that takes writes again is stopped.
 */
@Singleton
public final class LeaderWatch {
    private static final Logger LOG = Logger.getLogger(LeaderWatch.class);
    /** Whom the audit trail names for what pgbosun starts by itself. */
    private static final Caller PGBOSUN =
            new Caller("pgbosun", Channel.SCHEDULE, List.of(new Grant(Role.OPERATOR, Map.of())));

    private static final String PATRONI = "patroni";

    private final ClusterStore clusters;
    private final PatroniMembers members;
    private final Topology topology;
    private final LeaderStore leaders;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final Vantages vantages;
    private final Ranking ranking;
    private final Operations operations;
    private final Store store;
    private final Clock clock;
    private final Recurring recurring = new Recurring("leader-watch", Duration.ofSeconds(2), this::lookAtAll);

    LeaderWatch(
            ClusterStore clusters,
            PatroniMembers members,
            Topology topology,
            LeaderStore leaders,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            Vantages vantages,
            Ranking ranking,
            Operations operations,
            Store store,
            Clock clock) {
        this.clusters = clusters;
        this.members = members;
        this.topology = topology;
        this.leaders = leaders;
        this.changes = changes;
        this.primaries = primaries;
        this.vantages = vantages;
        this.ranking = ranking;
        this.operations = operations;
        this.store = store;
        this.clock = clock;
    }

    public void start() {
        recurring.start();
    }

    public void stop() {
        recurring.stop();
    }

    private void lookAtAll() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            clusters.names(Driver.PATRONI).forEach(name -> threads.execute(() -> lookAt(name, this::look)));
            changes.former()
                    .forEach(last ->
                            threads.execute(() -> lookAt(last.cluster(), cluster -> lookAtFormer(cluster, last))));
        }
    }

    private void lookAt(String name, Consumer<ClusterRecord> look) {
        try {
            clusters.find(name).ifPresent(look);
        } catch (Problem problem) {
            LOG.infof("leader of %s: %s", name, problem.detail());
        } catch (RuntimeException e) {
            LOG.errorf(e, "leader of %s", name);
        }
    }

    private void look(ClusterRecord cluster) {
        var seen = members.of(cluster).cluster();
        takeIn(cluster, seen);
        if (isChanging(cluster.cluster().name())) {
            return;
        }
        var sightings = topology.look(cluster);
        seen.leader()
                .flatMap(member -> PatroniMembers.instance(cluster, member))
                .flatMap(leader -> sightings.stream()
                        .filter(sighting ->
                                sighting.primary() && sighting.instance().equals(leader))
                        .findFirst())
                .ifPresent(leader -> look(cluster, leader, sightings));
    }

    /** A primary that was failed over from when its host did not answer takes writes again when it is back. */
    private void lookAtFormer(ClusterRecord cluster, Last last) {
        cluster.instance(last.oldPrimary())
                .map(old -> topology.look(cluster, old))
                .filter(old -> old.primary() && old.facts().timeline() < last.timeline())
                .filter(old -> !isChanging(last.cluster()))
                .ifPresent(old -> split(last.cluster(), last.newPrimary(), last.timeline(), old));
    }

    /** Those that have come, or listen elsewhere now; one that is away for a while is no member of Patroni meanwhile. */
    private void takeIn(ClusterRecord cluster, PatroniCluster seen) {
        seen.members().stream()
                .filter(member -> member.port() != null
                        && PatroniMembers.instance(cluster, member).isEmpty())
                .forEach(member -> clusters.put(cluster.cluster().name(), PatroniMembers.record(member)));
    }

    /** Whether an operation has just to do with who leads. */
    private boolean isChanging(String cluster) {
        return store.one("""
                        select 1 from operation where ended_at is null and target = 'clusters/' || $1
                          and state in ('RUNNING', 'CANCELLING', 'STUCK') and kind in ('switchover', 'failover', 'rejoin') limit 1
                        """, cluster).isPresent();
    }

    private void look(ClusterRecord cluster, Sighting leader, List<Sighting> sightings) {
        var name = cluster.cluster().name();
        var instance = leader.instance();
        var timeline = leader.facts().timeline();
        var known = leaders.find(name);
        if (known.isEmpty()) {
            leaders.first(name, instance.name(), timeline);
            primaries.saw(name, leader);
            return;
        }
        var last = known.get();
        if (timeline > last.timeline() || !instance.name().equals(last.leader())) {
            record(cluster, last, leader, sightings);
            primaries.saw(name, leader);
        }
        if (timeline > last.ledTimeline() && changes.isOwn(name, timeline)) {
            leaders.led(name, timeline);
        } else if (timeline > last.ledTimeline()) {
            follow(
                    name,
                    "leader/%s/%d".formatted(name, timeline),
                    instance.name() + " leads since timeline " + timeline);
            leaders.led(name, timeline);
        }
        sightings.stream()
                .filter(other -> other.primary() && !other.instance().equals(instance))
                .forEach(other -> split(name, instance.name(), timeline, other));
    }

    private void split(String cluster, String leader, int timeline, Sighting other) {
        var name = other.instance().name();
        follow(
                cluster,
                "split/%s/%d/%s/%s"
                        .formatted(cluster, timeline, name, other.facts().startedAt()),
                "%s takes writes though %s leads".formatted(name, leader));
    }

    private void record(ClusterRecord cluster, Known last, Sighting leader, List<Sighting> sightings) {
        var name = cluster.cluster().name();
        var to = leader.instance().name();
        var timeline = leader.facts().timeline();
        var change = observed(cluster, last, leader, sightings);
        store.inTx(tx -> {
            var first = leaders.moved(tx, name, last, to, timeline);
            if (first && !to.equals(last.leader()) && !changes.tells(name, to, timeline)) {
                changes.observed(tx, change);
            }
        });
    }

    private PrimaryChange observed(ClusterRecord cluster, Known last, Sighting leader, List<Sighting> sightings) {
        var name = cluster.cluster().name();
        var evidence = cluster.instance(last.leader())
                .map((InstanceRecord old) -> vantages.look(cluster, old, sightings))
                .orElse(List.of());
        return new PrimaryChange(
                Ids.next(),
                null,
                name,
                PrimaryChange.Kind.FAILOVER,
                "Patroni made %s the leader by itself"
                        .formatted(leader.instance().name()),
                PATRONI,
                last.leader(),
                leader.instance().name(),
                leader.facts().timeline(),
                clock.instant(),
                evidence,
                List.of(),
                List.of(),
                bound(cluster, last, leader),
                null,
                null);
    }

    private Long bound(ClusterRecord cluster, Known last, Sighting leader) {
        return topology.server(leader)
                .leftTimeline(last.timeline())
                .flatMap(left -> ranking.bound(cluster.cluster().name(), last.leader(), left))
                .orElse(null);
    }

    private void follow(String cluster, String key, String reason) {
        var options = new StartOptions(key, reason, null, null, null, null, null);
        operations.start(PGBOSUN, Target.cluster(cluster), new FollowLeader(), options);
    }
}
