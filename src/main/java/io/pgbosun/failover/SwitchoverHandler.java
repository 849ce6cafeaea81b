package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.Topology;
import io.pgbosun.failover.Switchover.SwitchoverResult;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.PgPrograms;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@Singleton
class SwitchoverHandler implements OperationHandler<Switchover, SwitchoverResult> {
    private static final Duration CAUGHT_UP_WITHIN = Duration.ofMinutes(5);
    /** Nobody can write meanwhile. */
    private static final Duration REPLAYED_WITHIN = Duration.ofSeconds(30);

    private static final Duration STREAMING_WITHIN = Duration.ofMinutes(2);

    private final ClusterStore clusters;
    private final Topology topology;
    private final SwitchoverChecks checked;
    private final PgPrograms programs;
    private final Servers servers;
    private final ClusterPoolers poolers;
    private final Clock clock;

    SwitchoverHandler(
            ClusterStore clusters,
            Topology topology,
            SwitchoverChecks checked,
            PgPrograms programs,
            Servers servers,
            ClusterPoolers poolers,
            Clock clock) {
        this.clusters = clusters;
        this.topology = topology;
        this.checked = checked;
        this.programs = programs;
        this.servers = servers;
        this.poolers = poolers;
        this.clock = clock;
    }

    /** Who gives its place to whom; decided once. */
    record Chosen(
            InstanceRecord primary,
            InstanceRecord candidate,
            List<InstanceRecord> others,
            List<InstanceRecord> absent,
            List<String> poolers) {}

    @Override
    public void check(Target target, Switchover spec, Checks checks) {
        checked.check(clusters.get(target.id()), spec, checks);
    }

    @Override
    public SwitchoverResult run(Target target, Switchover spec, Steps steps) {
        var cluster = clusters.get(target.id());
        var chosen = steps.get("choose the candidate", Chosen.class, () -> choose(cluster, spec));
        var primary = servers.at(cluster.endpoint(chosen.primary()));
        var candidate = servers.at(cluster.endpoint(chosen.candidate()));
        var name = chosen.candidate().name();
        var login = steps.get(
                "read how standbys log in",
                Endpoint.class,
                () -> programs.upstream(Path.of(chosen.candidate().dataDirectory())));
        reserveSlots(steps, chosen, candidate);
        steps.act("write a checkpoint on " + chosen.primary().name(), primary::checkpoint);
        steps.await(
                name + " has caught up",
                CAUGHT_UP_WITHIN,
                () -> primary.facts().writeLsn().bytesSince(candidate.facts().replayLsn()) <= spec.maxLagBytes());
        poolers.pause(steps, target.id(), chosen.poolers());
        var stopped = steps.get("note the time", Instant.class, clock::instant);
        var end = stop(steps, chosen, candidate);
        steps.pointOfNoReturn(
                "promote " + name,
                () -> !candidate.facts().inRecovery(),
                candidate::promote,
                () -> isPromoted(chosen.candidate()));
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        poolers.lead(steps, target.id(), chosen.poolers(), name, cluster.endpoint(chosen.candidate()));
        var timeline = steps.act("write a checkpoint on " + name, Integer.class, 1, () -> {
            candidate.checkpoint(); // before it, the control file speaks of the old timeline
            return candidate.facts().timeline();
        });
        follow(steps, chosen, cluster, login, candidate);
        forgetSlots(steps, chosen, primary);
        return new SwitchoverResult(
                chosen.primary().name(),
                name,
                timeline,
                end.toString(),
                Duration.between(stopped, took).toMillis() / 1000.0);
    }

    private Chosen choose(ClusterRecord cluster, Switchover spec) {
        var sightings = topology.look(cluster);
        var primary = sightings.stream()
                .filter(Topology.Sighting::primary)
                .findFirst()
                .orElseThrow(() -> Problem.notPossible("No primary answers."))
                .instance();
        var candidate = checked.candidate(sightings, spec)
                .orElseThrow(() -> Problem.notPossible("No standby can take the primary's place."))
                .instance();
        var others = sightings.stream()
                .filter(sighting -> !sighting.instance().equals(primary)
                        && !sighting.instance().equals(candidate))
                .collect(Collectors.partitioningBy(
                        Topology.Sighting::up, Collectors.mapping(Topology.Sighting::instance, Collectors.toList())));
        return new Chosen(
                primary,
                candidate,
                others.get(true),
                others.get(false),
                poolers.names(cluster.cluster().name()));
    }

    /** Before anything stops, so that no standby waits for WAL that is gone. */
    private void reserveSlots(Steps steps, Chosen chosen, Server candidate) {
        var directory = Path.of(chosen.candidate().dataDirectory());
        for (var follower : all(followers(chosen), chosen.absent())) {
            steps.ensure(
                    "reserve a slot for " + follower.name() + " at "
                            + chosen.candidate().name(),
                    () -> candidate.slotExists(follower.slot()),
                    () -> candidate.createSlot(follower.slot()),
                    () -> {
                        programs.start(directory); // it may be down, when its promotion failed
                        candidate.dropSlot(follower.slot());
                    });
        }
    }

    /** An order to promote is forgotten by a standby that is stopped, so that it cannot come true later. */
    private boolean isPromoted(InstanceRecord candidate) {
        var directory = Path.of(candidate.dataDirectory());
        programs.stop(directory);
        var promoted = !programs.stoppedInRecovery(directory);
        if (promoted) {
            programs.start(directory);
        }
        return promoted;
    }

    /** The other standbys first: while one of them follows, what is written from now on is not in one place alone. */
    private static List<InstanceRecord> followers(Chosen chosen) {
        return all(chosen.others(), List.of(chosen.primary()));
    }

    private static List<InstanceRecord> all(List<InstanceRecord> some, List<InstanceRecord> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Answers where the WAL of the old primary ends; the candidate has replayed all of it then. */
    private Lsn stop(Steps steps, Chosen chosen, Server candidate) {
        var old = chosen.primary().name();
        var directory = Path.of(chosen.primary().dataDirectory());
        steps.ensure(
                "stop " + old,
                () -> !programs.running(directory),
                () -> programs.stop(directory),
                () -> programs.start(directory));
        var end = steps.get(
                "read where the WAL of " + old + " ends",
                Lsn.class,
                new Lsn(0),
                () -> programs.shutdownLsn(directory)
                        .orElseThrow(
                                () -> Problem.notPossible(
                                        old
                                                + " was not stopped cleanly: what it has written last is not known to be replayed elsewhere.")));
        steps.await(
                chosen.candidate().name() + " has replayed all of it",
                REPLAYED_WITHIN,
                () -> candidate.facts().replayLsn().compareTo(end) > 0);
        return end;
    }

    private void follow(Steps steps, Chosen chosen, ClusterRecord cluster, Endpoint login, Server candidate) {
        var to = chosen.candidate();
        var primary = new Endpoint(to.address(), to.port(), login.username(), login.password(), login.sslMode());
        for (var follower : chosen.absent()) {
            haveFollow(steps, follower, to, primary);
            steps.warn(follower.name() + " does not answer: it follows " + to.name() + " when it is started.");
        }
        for (var follower : followers(chosen)) {
            var directory = Path.of(follower.dataDirectory());
            haveFollow(steps, follower, to, primary);
            if (follower.equals(chosen.primary())) {
                steps.ensure(
                        "start " + follower.name(), () -> programs.ready(directory), () -> programs.start(directory));
            } else {
                steps.act("reload " + follower.name(), servers.at(cluster.endpoint(follower))::reload);
            }
            steps.await(follower.name() + " streams", STREAMING_WITHIN, () -> candidate.streamsTo(follower.name()));
        }
    }

    private void haveFollow(Steps steps, InstanceRecord follower, InstanceRecord to, Endpoint primary) {
        var directory = Path.of(follower.dataDirectory());
        steps.act(
                "have " + follower.name() + " follow " + to.name(),
                () -> programs.followPrimary(directory, primary, follower.slot(), follower.name()));
    }

    /** A slot that nobody streams by keeps WAL for ever. */
    private static void forgetSlots(Steps steps, Chosen chosen, Server primary) {
        var name = chosen.primary().name();
        for (var follower : all(List.of(chosen.candidate()), all(chosen.others(), chosen.absent()))) {
            steps.ensure(
                    "drop the slot of " + follower.name() + " at " + name,
                    () -> !primary.slotExists(follower.slot()),
                    () -> primary.dropSlot(follower.slot()));
        }
    }
}
