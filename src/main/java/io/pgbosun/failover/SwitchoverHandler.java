package io.pgbosun.failover;

import io.pgbosun.cluster.ClusterRecord;
import io.pgbosun.cluster.ClusterStore;
import io.pgbosun.cluster.InstanceRecord;
import io.pgbosun.cluster.PgHosts;
import io.pgbosun.failover.Switchover.SwitchoverResult;
import io.pgbosun.failover.SwitchoverChecks.Chosen;
import io.pgbosun.host.Endpoint;
import io.pgbosun.host.Lsn;
import io.pgbosun.host.Server;
import io.pgbosun.host.Servers;
import io.pgbosun.operation.Checks;
import io.pgbosun.operation.OperationHandler;
import io.pgbosun.operation.Steps;
import io.pgbosun.operation.Target;
import io.pgbosun.pooler.ClusterPoolers;
import io.pgbosun.problem.Problem;
import io.pgbosun.replication.Followers;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

@Singleton
class SwitchoverHandler implements OperationHandler<Switchover, SwitchoverResult> {
    static final Duration CAUGHT_UP_WITHIN = Duration.ofMinutes(5);
    /** Nobody can write meanwhile. */
    private static final Duration REPLAYED_WITHIN = Duration.ofSeconds(30);

    private final ClusterStore clusters;
    private final SwitchoverChecks checked;
    private final PatroniSwitchover patroni;
    private final Followers followers;
    private final PrimaryChangeStore changes;
    private final PrimarySightings primaries;
    private final PgHosts hosts;
    private final Servers servers;
    private final ClusterPoolers poolers;
    private final Clock clock;

    SwitchoverHandler(
            ClusterStore clusters,
            SwitchoverChecks checked,
            PatroniSwitchover patroni,
            Followers followers,
            PrimaryChangeStore changes,
            PrimarySightings primaries,
            PgHosts hosts,
            Servers servers,
            ClusterPoolers poolers,
            Clock clock) {
        this.clusters = clusters;
        this.checked = checked;
        this.patroni = patroni;
        this.followers = followers;
        this.changes = changes;
        this.primaries = primaries;
        this.hosts = hosts;
        this.servers = servers;
        this.poolers = poolers;
        this.clock = clock;
    }

    @Override
    public void check(Target target, Switchover spec, Checks checks) {
        var cluster = clusters.get(target.id());
        if (cluster.isPatroni()) {
            patroni.check(cluster, spec, checks);
        } else {
            checked.check(cluster, spec, checks);
        }
    }

    @Override
    public SwitchoverResult run(Target target, Switchover spec, Steps steps) {
        var cluster = clusters.get(target.id());
        if (cluster.isPatroni()) {
            return patroni.run(cluster, spec, steps);
        }
        var chosen = steps.get("choose the candidate", Chosen.class, () -> checked.choose(cluster, spec));
        var primary = servers.at(cluster.endpoint(chosen.primary()));
        var candidate = servers.at(cluster.endpoint(chosen.candidate()));
        var name = chosen.candidate().name();
        var login = followers.login(steps, chosen.candidate());
        for (var follower : all(following(chosen), chosen.absent())) {
            followers.reserveSlot(steps, follower, chosen.candidate(), candidate);
        }
        steps.act("write a checkpoint on " + chosen.primary().name(), primary::checkpoint);
        steps.await(
                name + " has caught up",
                CAUGHT_UP_WITHIN,
                () -> primary.facts().writeLsn().bytesSince(candidate.facts().replayLsn()) <= spec.maxLagBytes());
        poolers.pause(steps, target.id(), chosen.poolers());
        var stopped = steps.get("note the time", Instant.class, clock::instant);
        var end = stop(steps, chosen, candidate);
        followers.promote(steps, chosen.candidate(), candidate);
        var took = steps.get("note when it took writes", Instant.class, clock::instant);
        poolers.lead(steps, target.id(), chosen.poolers(), name, cluster.endpoint(chosen.candidate()));
        var timeline = followers.checkpoint(steps, chosen.candidate(), candidate);
        primaries.remember(steps, target.id(), chosen.candidate(), candidate);
        follow(steps, chosen, cluster, login, candidate);
        followers.dropSlots(
                steps,
                all(List.of(chosen.candidate()), all(chosen.others(), chosen.absent())),
                chosen.primary(),
                primary);
        var change = change(target.id(), steps, chosen, timeline, stopped, took);
        steps.ensure("record it in the history", () -> changes.has(steps.operation()), () -> changes.put(change));
        return new SwitchoverResult(
                chosen.primary().name(), name, timeline, end.toString(), FailoverChoice.seconds(stopped, took));
    }

    /** The other standbys first: while one of them follows, what is written from now on is not in one place alone. */
    private static List<InstanceRecord> following(Chosen chosen) {
        return all(chosen.others(), List.of(chosen.primary()));
    }

    private static List<InstanceRecord> all(List<InstanceRecord> some, List<InstanceRecord> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Answers where the WAL of the old primary ends; the candidate has replayed all of it then. */
    private Lsn stop(Steps steps, Chosen chosen, Server candidate) {
        var old = chosen.primary().name();
        var directory = chosen.primary().directory();
        steps.ensure(
                "stop " + old,
                () -> !hosts.of(chosen.primary()).running(directory),
                () -> hosts.of(chosen.primary()).stop(directory),
                () -> hosts.of(chosen.primary()).start(directory));
        var end = steps.get(
                "read where the WAL of " + old + " ends",
                Lsn.class,
                new Lsn(0),
                () -> hosts.of(chosen.primary())
                        .shutdownLsn(directory)
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
        for (var follower : chosen.absent()) {
            followers.haveFollow(steps, follower, to, login);
            steps.warn(follower.name() + " does not answer: it follows " + to.name() + " when it is started.");
        }
        for (var follower : following(chosen)) {
            followers.haveFollow(steps, follower, to, login);
            if (follower.equals(chosen.primary())) {
                followers.start(steps, follower);
            } else {
                followers.reload(steps, follower, servers.at(cluster.endpoint(follower)));
            }
            followers.streams(steps, follower, candidate);
        }
    }

    static PrimaryChange change(
            String cluster, Steps steps, Chosen chosen, int timeline, Instant stopped, Instant took) {
        return new PrimaryChange(
                steps.operation(),
                steps.operation(),
                cluster,
                PrimaryChange.Kind.SWITCHOVER,
                null,
                null,
                chosen.primary().name(),
                chosen.candidate().name(),
                timeline,
                took,
                List.of(),
                List.of(),
                List.of(new PrimaryChange.Phase("without writes", FailoverChoice.seconds(stopped, took))),
                0L,
                0L,
                0L);
    }
}
